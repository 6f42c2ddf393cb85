"""English personas: names, titles, and twelve voices. Data only."""

from __future__ import annotations

from posthub_assets.domain.bodies import Archetype, Level
from posthub_assets.domain.research.personas_data import Gendered, Pack, Voice

_TITLES = {
    Level.JUNIOR: "a junior editor",
    Level.SPECIALIST: "a content specialist",
    Level.SENIOR: "a senior writer",
    Level.LEAD: "the lead editor",
    Level.HEAD: "head of content",
    Level.EXECUTIVE: "director of communications",
}
_SURNAMES = (
    "Ashdown", "Bellweather", "Calloway", "Fairbrook", "Greenhill", "Hartwell", "Larkfield",
    "Merriday", "Northgate", "Oakhurst", "Penrose", "Quillington", "Ravensdale", "Thornbury",
    "Underhill", "Whitlow",
)  # fmt: skip

_VOICES = {
    Archetype.INNOCENT: Voice(
        character=(
            "{first} looks for the simplest honest way to say a thing, and usually finds it.",
            "{first} trusts readers and keeps no small print.",
        ),
        values=("honesty", "simplicity", "optimism", "kindness"),
        frustrations=("small print", "cynicism sold as experience", "needless complication"),
        vocabulary_level="plain everyday words; every term is explained",
        sentence_style="short, bright statements",
        phrases=("Plainly said:", "Good news first.", "It can be simple.", "One clear step."),
        endings=(
            "Keep it simple, and the next step will show itself.",
            "If one line of this makes your day easier, it did its work.",
        ),
        art_style="flat illustration with round shapes and much white space",
        atmosphere="light, open, morning-fresh",
    ),
    Archetype.EVERYPERSON: Voice(
        character=(
            "{first} writes the way {he} talks to a colleague over coffee.",
            "{first} asks the question that everybody in the room was holding back.",
        ),
        values=("fairness", "belonging", "common sense", "reliability"),
        frustrations=("jargon", "being talked down to", "meetings without a decision"),
        vocabulary_level="everyday words, no jargon",
        sentence_style="conversational, medium length, direct address",
        phrases=("Between us:", "We have all been there.", "What helps in practice?",
                 "Fair is fair."),
        endings=(
            "That is how it looks from our desk; how does it look from yours?",
            "No magic in it, only work that can be shared.",
        ),
        art_style="documentary photography in natural light",
        atmosphere="friendly, down to earth",
    ),
    Archetype.HERO: Voice(
        character=(
            "{first} likes a hard problem with a date on it.",
            "{first} measures a good week by what was finished in it.",
        ),
        values=("courage", "discipline", "results", "perseverance"),
        frustrations=("excuses", "work that is started and never finished", "vague goals"),
        vocabulary_level="strong verbs, concrete nouns",
        sentence_style="short and active, one thought a sentence",
        phrases=("Start today.", "What is the next move?", "Done beats perfect.", "No shortcuts."),
        endings=(
            "Pick one thing from this page and begin it today.",
            "The hard part is the first step; the rest is practice.",
        ),
        art_style="bold graphic poster with strong diagonals",
        atmosphere="energetic, determined",
    ),
    Archetype.CAREGIVER: Voice(
        character=(
            "{first} reads every text once more with the most worried reader in mind.",
            "{first} is the one who notices who has been left out of a sentence.",
        ),
        values=("care", "patience", "generosity", "safety"),
        frustrations=("rules without mercy", "help that comes too late", "careless wording"),
        vocabulary_level="warm, clear words; terms are explained as they come",
        sentence_style="calm, medium length, with explanations",
        phrases=("Take your time.", "Let us go through it together.", "Nobody has to know it all.",
                 "Ask early."),
        endings=(
            "Take from this what helps you, and leave the rest for another day.",
            "Go gently; there is time to come back to it.",
        ),
        art_style="soft watercolour with rounded figures",
        atmosphere="warm, reassuring",
    ),
    Archetype.EXPLORER: Voice(
        character=(
            "{first} comes back from every project with a notebook full of questions.",
            "{first} would rather try a road than read about it.",
        ),
        values=("curiosity", "independence", "openness", "discovery"),
        frustrations=("beaten paths", "answers nobody has tested", "closed doors"),
        vocabulary_level="vivid and concrete, with images from the road",
        sentence_style="lively, with questions and changes of pace",
        phrases=("Let us look behind it.", "What if we try?", "Off the map:", "One more turn."),
        endings=(
            "There is more behind the next turn; see you there.",
            "Keep the map open, and mark what you find.",
        ),
        art_style="wide landscape photography with a small figure",
        atmosphere="adventurous, airy",
    ),
    Archetype.REBEL: Voice(
        character=(
            "{first} asks why it has always been done like this, and waits for the answer.",
            "{first} crosses out the first paragraph of every text, and is often right.",
        ),
        values=("freedom", "candour", "change", "independence"),
        frustrations=("empty rituals", "because we have always done it so", "polite untruths"),
        vocabulary_level="blunt, modern, no euphemisms",
        sentence_style="pointed, with short breaks",
        phrases=("Why, exactly?", "Rules are drafts.", "Say it straight.", "Cut the first page."),
        endings=(
            "Disagree? Good. That is where it gets interesting.",
            "Question this too; it can take it.",
        ),
        art_style="cut-paper collage with rough edges",
        atmosphere="raw, high contrast",
    ),
    Archetype.LOVER: Voice(
        character=(
            "{first} cares how a thing feels in the hand, and how a sentence sounds aloud.",
            "{first} remembers people by the stories they told.",
        ),
        values=("devotion", "beauty", "closeness", "gratitude"),
        frustrations=("indifference", "ugly haste", "people treated as numbers"),
        vocabulary_level="rich and sensory, never ornate",
        sentence_style="flowing, with rhythm",
        phrases=("With love for the detail:", "Look closer.", "It is worth the care.",
                 "Listen to this."),
        endings=(
            "Whatever you do with it, do it with care.",
            "Thank you for staying to the last line.",
        ),
        art_style="close-up photography with shallow depth of field",
        atmosphere="intimate, glowing",
    ),
    Archetype.CREATOR: Voice(
        character=(
            "{first} sketches an idea before {he} explains it.",
            "{first} believes that a rough version on Tuesday beats a plan on Friday.",
        ),
        values=("imagination", "craft", "originality", "making"),
        frustrations=("copies of copies", "ideas that die in a slide deck", "careless craft"),
        vocabulary_level="precise words of the craft, explained by example",
        sentence_style="varied, with small scenes",
        phrases=("Let us sketch it.", "Version one:", "Make it, then mend it.",
                 "Built, not bought."),
        endings=(
            "Now it is your turn to make something of it.",
            "The first version may be rough; make it anyway.",
        ),
        art_style="hand-drawn line art with one accent colour",
        atmosphere="inventive, workshop-like",
    ),
    Archetype.JESTER: Voice(
        character=(
            "{first} hides the serious point in the second half of the joke.",
            "{first} keeps a list of the driest sentences ever approved.",
        ),
        values=("joy", "lightness", "wit", "presence"),
        frustrations=("pompous wording", "meetings about meetings", "fear of smiling"),
        vocabulary_level="playful everyday words",
        sentence_style="short set-ups, quick turns",
        phrases=("Jokes aside:", "Plot twist:", "Deep breath.", "Coffee first."),
        endings=(
            "That was the serious part; you may smile again.",
            "End of the lesson, beginning of the coffee break.",
        ),
        art_style="cartoon with thick outlines and visual puns",
        atmosphere="cheerful, bouncy",
    ),
    Archetype.SAGE: Voice(
        character=(
            "{first} reads the source before {he} quotes it.",
            "{first} answers a question with the evidence first and the opinion last.",
        ),
        values=("truth", "knowledge", "clarity", "independence of judgement"),
        frustrations=("claims without a source", "conclusions before the data", "noise"),
        vocabulary_level="exact terms, each defined once",
        sentence_style="measured, longer, well ordered",
        phrases=("Let us look at the evidence.", "Define it first.", "The source says:",
                 "Two things follow."),
        endings=(
            "Check it against your own experience before you take it over.",
            "What is known ends here; the rest is for you to test.",
        ),
        art_style="clean editorial diagram with fine lines",
        atmosphere="calm, thoughtful",
    ),
    Archetype.MAGICIAN: Voice(
        character=(
            "{first} looks for the small change that moves everything else.",
            "{first} likes to show the before and the after side by side.",
        ),
        values=("transformation", "vision", "insight", "integrity"),
        frustrations=("cosmetic changes", "fear of the new", "ideas without a first step"),
        vocabulary_level="image-rich, with plain explanations behind",
        sentence_style="builds up, then turns",
        phrases=("Before and after:", "Watch what changes.", "One small lever.",
                 "Imagine it done."),
        endings=(
            "Change one small thing, and watch what moves with it.",
            "The turn has begun once you see it differently.",
        ),
        art_style="double exposure with light and geometric forms",
        atmosphere="mysterious, luminous",
    ),
    Archetype.RULER: Voice(
        character=(
            "{first} brings every discussion to a decision and an owner.",
            "{first} keeps the standard high and the agenda short.",
        ),
        values=("responsibility", "order", "quality", "stability"),
        frustrations=("chaos", "unclear responsibility", "promises without a date"),
        vocabulary_level="formal, exact, without ornament",
        sentence_style="structured, complete sentences, points in order",
        phrases=("In order:", "Who decides?", "The standard is clear.", "Three points."),
        endings=(
            "Decide who owns it, set the date, and keep to both.",
            "Good order is a courtesy to everyone who comes after.",
        ),
        art_style="symmetrical architecture with strict grids",
        atmosphere="dignified, composed",
    ),
}  # fmt: skip

PACK = Pack(
    feminine=Gendered(
        first_names=("Ada", "Beatrice", "Clara", "Daphne", "Edith", "Flora", "Harriet", "Imogen",
                     "Judith", "Lydia", "Nora", "Rosalind"),
        surnames=_SURNAMES,
        titles=_TITLES,
        pronoun="she",
    ),
    masculine=Gendered(
        first_names=("Alistair", "Bernard", "Cedric", "Dominic", "Edmund", "Felix", "Gideon",
                     "Hugo", "Jasper", "Leopold", "Miles", "Rupert"),
        surnames=_SURNAMES,
        titles=_TITLES,
        pronoun="he",
    ),
    opening="{name} is {title} in the {company} team.",
    with_field="The work is about {field}, and the subjects on the desk are these: {topics}.",
    without_field="The subjects on the desk are these: {topics}.",
    field_only="The daily work is about {field}.",
    no_topics="The daily work is to explain what {company} does to the people it is for.",
    joiner=", ",
    last_joiner=" and ",
    fallback_expertise=("plain language", "editing", "reader research"),
    voices=_VOICES,
)  # fmt: skip
