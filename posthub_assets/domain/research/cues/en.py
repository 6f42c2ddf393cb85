"""English cues. Data only."""

from __future__ import annotations

from posthub_assets.domain.research.cues import Cue, Cues, ToneWords

_DO = r"(?:(?:also|always|often|regularly|usually|together) )?"

_POINTS = {
    "identity": Cue(
        sentence=r"^(?:§|we|we[’']re)(?: is| are)? (?:an?|the) (?!result|good|great|few|lot)\w+",
        unless=r"\bfor (?:many|several) reasons\b|\bteam for\b",
        known=True,
    ),
    "mission": Cue(
        sentence=(
            r"\b(?:our|§(?:['’]s)?) mission (?:is|of|:)|\bthe mission of § is\b"
            r"|\b(?:§|we)(?: are| is|’re) on a mission to\b"
        ),
        heading=r"^our mission$|^(?:the )?mission of §$",
        most_from_heading=1,
        clause=True,
    ),
    "vision": Cue(
        sentence=r"\b(?:our|§(?:['’]s)?) vision (?:is|of|for|:)|\bthe vision of § is\b"
        r"|\bwe envision\b",
        heading=r"^our vision$|^(?:the )?vision of §$",
        most_from_heading=1,
    ),
    "core_purpose": Cue(
        sentence=(
            rf"^(?:(?:and|but|so) )?(?:§|we) {_DO}(?:helps? |exists? |serves? |are here to )"
            r"|^(?:(?:and|but) )?we want to (?:show|help|make|give|bring|teach)\b"
            r"|^we hope (?:that )?we"
        ),
        heading=r"^our (?:core )?purpose$|^why we (?:exist|do it)$",
        most_from_heading=1,
        unless=r"^we help you|\bwe can help\b",
        known=True,
    ),
    "values": Cue(
        sentence=r"^(?:§|we) (?:firmly |strongly |truly )?(?:believes?|values?) (?!that doing)"
        r"|^our (?:core )?values are\b",
        heading=r"^(?:our )?(?:core )?(?:values|principles)$|^what (?:we|§) (?:value|believe)s?",
        items_only=True,
    ),
    "culture": Cue(
        sentence=(
            r"\bour (?:team |company |work(?:place)? )?culture\b|^we(?:’re| are) honest\b"
            r"|^(?:§|we)(?: is| are) an? (?:\w+ )?(?:distributed|remote|family|flat|small) "
            r"|^(?:§|we) (?:work in the open|hold ourselves|commit to|share what)"
        ),
        heading=r"^our culture$|^how (?:we|the workshop|§) (?:is run|works? together)"
        r"|^how .{3,30} is run$",
    ),
    "target_audience": Cue(
        sentence=r"\b(?:is|are) (?:made |written |meant |designed |intended |built )?for (?:people|"
        r"everyone|anyone|those|women|men|families|beginners|teams|businesses|companies)\b",
        heading=r"^(?:whom|who) (?:we|§) (?:work for|serve)|^our (?:audience|customers)$",
        known=True,
        own=False,
    ),
    "products": Cue(
        sentence=(
            r"^(?:in \d{4},? )?(?:§|we) (?:designed and )?(?:builds?|built|created|launched|"
            r"developed|makes?|made|manufactures?|published?|bakes?|brews?|grows?|produces?) "
            r"(?!this|that|it\b|them|some|something|sure|use|a decision)\w+"
            r"|\bproduct (?:built|made) by §|^(?:§|we) (?:also )?sells? "
        ),
        heading=r"^our products$|^what (?:we|§) (?:make|sell)s?$",
        unless=r"\bartifact|template|blog post|example of|statement|roadmap|strategy\b",
        known=True,
    ),
    "services": Cue(
        sentence=(
            r"^(?:§|we)(?: also)? (?:offers?|provides?|repairs?|delivers?|teach(?:es)?|rents?) "
            r"(?!feedback|an example|this|that)\w+"
            r"|^\w+ people (?:repair|bake|teach|build|design|make)\b|^our services (?:are|include)"
        ),
        title=(
            r"^§ .*\b(?:services?|transformation|development|moderni[sz]ation|support|"
            r"consulting|training|design|delivery|repairs?|courses?|workshops?|rental)$"
            r"|^(?:basic|full|\w+) service for \d"
        ),
        heading=r"^our services$|^what (?:we|§)(?: can)? (?:do|offer)s?$|^service packages$",
        unless=r"\btemplate|artifact\b",
        known=True,
    ),
    "unique_selling_proposition": Cue(
        sentence=(
            r"\b(?:sets?|setting) (?:us|§) apart\b|\bmakes (?:us|§) (?:different|unique)\b"
            r"|\bunlike (?:other|most|many|traditional|private) .*\b(?:we|§)\b"
            r"|\bwe don[’']t have (?:any )?conflicts of interest\b|^(?:§|we) (?:are|is) the only\b"
            r"|\bdistinguish(?:es)? (?:us|§) from\b"
        ),
        heading=r"^what sets (?:us|§) apart$|^why (?:us|choose us|§)\??$|^what makes (?:us|§) diff",
    ),
    "problems_solved": Cue(
        sentence=(
            r"^(?:together,? )?(?:§|we)\b.{0,80}\b(?:fix|solve|tackle|eliminate|simplify|"
            r"untangle|wrangle)s?\b"
        ),
        heading=r"^(?:the )?problems (?:we solve|(?:that )?all .{3,30} share|§ solves)$",
        unless=r"\b(?:if|should|when) (?:we|you)\b",
        known=True,
    ),
    "benefits": Cue(
        sentence=(
            r"\byou(?:’ll| will| can) (?:have|learn|get|save|gain|receive|better|be able to|"
            r"understand)\b|\bhelps? you\b|\bsaves? (?:you|customers|riders) (?:\w+ )?"
            r"(?:time|money)\b"
        ),
        heading=r"^your benefits$|^what you (?:get|gain)$|^benefits (?:for you|of working with)",
        unless=r"\bpatient|notice|invoice|download|exercise|in (?:this|every) chapter\b"
        r"|\bthis guide\b|\bcan get help\b",
        known=True,
        own=False,
    ),
    "methods": Cue(
        sentence=(
            r"^our (?:approach|process|method(?:s|ology|ologies)?|way of working) "
            r"(?:is|are|begins?|starts?|means|puts?|follows?|ultimately)\b"
            rf"|^(?:§|we) {_DO}(?:develops?|builds?|designs?|works?|delivers?|starts?|begins?|"
            rf"tests?|"
            r"prototypes?|repairs?|measures?|checks?) (?:\w+ ){0,4}(?:using|with|in an?|"
            r"in the open|"
            r"in small|iteratively|closely|by)\b"
            r"|^(?:§|we) follows? \w+|\bat § follows the same\b"
        ),
        heading=r"^(?:our (?:approach|method|methods|process)|how (?:we|§) works?)$",
        unless=r"\bif we|this (?:guide|chapter|section)|for example\b|\btogether with\b",
    ),
    "pricing_model": Cue(
        sentence=(
            r"\b(?:§|we) .{0,60}\b(?:cost-recoverable|charges? |bills? |free of charge|hourly|"
            r"flat (?:fee|rate)|fixed price|subscription)"
            r"|\b(?:all )?(?:prices?|courses?) (?:at §|of §|starts?|begins?|are in) "
            r"|\b(?:our|the) (?:prices?|rates?|fees?) (?:is|are|includes?|covers?|starts?)\b"
            r"|\bcosts vary\b"
        ),
        item=r"^(?:investment|price|fee|cost|rate)s?:\s*\S*\d",
        heading=r"^(?:our |\w+ )?(?:prices|pricing|fees)$",
        known=True,
        unless=r"\bthe team|vendor|above the local\b|\bdone at\b",
    ),
    "guarantees": Cue(
        sentence=(
            r"\b(?:§|we) (?:guarantees?|warrants?|promise)\b|\bour (?:guarantee|warranty|promise)"
            r"\b|\bare guaranteed\b|\bmoney back\b"
        ),
        heading=r"^(?:our )?(?:guarantee|warranty|guarantees)$",
        known=True,
    ),
    "customers": Cue(
        sentence=(
            r"\bour (?:clients|customers) (?:are|include|range|come)\b"
            r"|\bbegan working with §|\b(?:approached|hired|engaged|asked) § "
            r"|^(?:in|since) \d{4},? § (?:teams? )?(?:have|has) (?:partnered|worked) with\b"
            r"|^(?:§|we) (?:have )?worked (?:closely )?with (?:the )?[A-Z0-9]\w+ (?:teams|staff)"
            r"|\b(?:groups|kinds) of people (?:bring|come|use).*§"
        ),
        heading=r"^(?:some )?(?:agencies|companies|clients|customers) we[’']ve worked with$",
        unless=r"\bdepends? on\b",
    ),
    "partners": Cue(
        sentence=(
            r"^(?:§|we) (?:partners?|partnered|co-?operates?|collaborates?) with\b"
            r"|\bour (?:\w+ )?partners (?:are|include)\b|\bwe have partners\b"
            r"|\bin (?:partnership|cooperation|collaboration) with (?:the )?[A-Z]"
            r"|\bcollaboration between (?:the )?[A-Z].*§"
            r"|\btogether with our [\w ]{0,25}partners,? we\b"
            r"|\b§ and the [A-Z].{3,40} worked together"
        ),
        heading=r"^(?:our partners|cooperation\b.*)$",
    ),
    "competitors": Cue(
        sentence=(
            r"\bour (?:main |direct )?competitors? (?:is|are|include)\b|^(?:§|we) competes? with\b"
            r"|\bcompetitors (?:of §|such as)\b|\bis the most serious competitor\b"
        ),
        title_under=r"^(?:our )?competit(?:ors|ion)$|^(?:the )?alternatives(?: in [A-Z]\w+)?$",
        known=True,
        own=False,
    ),
    "proof_points": Cue(
        sentence=(
            r"^(?:since \d{4},? |in \d{4},? )?(?:§|we) .*\b(?:\d[\d,.]*|hundreds|thousands|"
            r"millions?)"
            r" (?:%|percent|people|customers|clients|agencies|repairs?|tickets|users|students|"
            r"workshops|countries|cities|projects|years|million|hours|wheels)\b"
        ),
        heading=r"^(?:proof|facts|§) in (?:figures|numbers)$|^facts and figures$|^proof$",
        within=r"\d",
        unless=r"\b(?:expect|should|must|if|aim|up to|takes? on|sells?|own)\b|\bteam of \w+ to\b",
        known=True,
    ),
    "certifications": Cue(
        sentence=r"^(?:§|we)(?:[’']re)? (?:is |are |hold |holds )?(?:an? )?(?:certified|accredited|"
        r"ISO \d+)|\bour (?:certificat\w+|accreditation)\b",
        heading=r"^(?:our )?certificat(?:es|ions)$",
    ),
    "awards": Cue(
        sentence=r"\b(?:§|we) (?:has |have )?(?:won|received|was named|were named|was honou?red) .*"
        r"\b(?:awards?|prize|medal|best|of the year)\b",
        heading=r"^(?:our )?(?:awards|prizes)$",
        unless=r"\b(?:contract|vendor|solicitation|task order)\b",
    ),
    "team": Cue(
        sentence=(
            r"^(?:§|we)(?:[’']re| is| are) (?:a (?:small |custom )?team of|federal employees|"
            r"\w+ people)|^our (?:\w+ )?teams? (?:is|are) \w+|\b(?:§|we) employs?\b"
            r"|\bteam of (?:designers|experts|engineers|mechanics|volunteers)\b"
            r"|^\w+ people work (?:at|for|with) (?:§|us)\b"
        ),
        heading=r"^our (?:team|people)$",
        known=True,
    ),
    "history": Cue(
        sentence=(
            r"^(?:in|since|by) (?:\w+ )?(?:19|20)\d\d,? .{0,60}\b(?:started|founded|opened|set up|"
            r"established) (?:§|the (?:company|workshop|firm|shop))\b"
            r"|\b(?:§|we) (?:was|were|has been|began|started|opened|became).{0,60}\b(?:19|20)\d\d\b"
            r"|\bopened § in\b"
        ),
        heading=r"^(?:our )?history$|^how (?:it|we|(?:did )?§) (?:all )?(?:began|started|begin)\??$"
        r"|^milestones\b",
        within=r"\b(?:19|20)\d\d\b",
        unless=r"\bworking with §",
    ),
    "places": Cue(
        sentence=(
            r"^(?:§|we)(?: is| are|[’']re)? (?:based|located|at home) in\b|^our (?:shop|offices?|"
            r"workshop|headquarters|studio|store|branch(?:es)?) (?:is|are|stands?) (?:in|at|on)\b"
            r"|\baddress of .{0,40}headquarters in\b|\bvisit us (?:at|in)\b"
            r"|^§ (?:runs|has) \w+ (?:places|branches|shops|offices) in\b"
        ),
        heading=r"^our (?:places|locations?|offices?)$",
    ),
    "events": Cue(
        sentence=(
            r"^(?:§|we) (?:host|run|organi[sz]e|hold|invite)s? .*\b(?:workshops?|meetups?|events?|"
            r"evenings?|conferences?|hackathons?|fairs?|open days?|courses?)\b"
            r"|\btake part in an? § \w+|^our workshops? (?:take|takes) place\b"
        ),
        heading=r"^(?:our )?(?:events|courses|workshops)$",
    ),
    "community": Cue(
        sentence=(
            r"\b(?:§|we|our)\b.*\b(?:open source community|volunteers|active contributor|"
            r"our community)\b|\bvolunteers?\b.*\b(?:§|us|our)\b|^§ encourages contributions\b"
        ),
        heading=r"^(?:our )?community$",
        unless=r"\b(?:if|should|participants?|inner circle|group members?|team members?)\b",
        known=True,
    ),
    "social_responsibility": Cue(
        sentence=(
            r"\b(?:§|we|our)\b.*\b(?:public domain|sustainab\w+|donat\w+|charit\w+|recycl\w+|"
            r"climate|non-?profit|repair fund|free repairs)\b|\brepair fund (?:paid|gave)\b"
        ),
        heading=r"^(?:our )?(?:social )?responsibility$|^(?:what )?we give back$",
        unless=r"^as (?:previously|already)\b|\bdisclaimer|team members|contractors’?s?|"
        r"contracts\b",
        known=True,
    ),
    "policies": Cue(
        sentence=r"\bthe default position of § |\bour (?:\w+ ){0,2}policy (?:is|says)\b"
        r"|\b(?:here at|at) § we follow\b|^(?:§|we) (?:never|do not|does not) (?!have|know)\w+",
        heading=r"^(?:our )?(?:policies|house rules)$|^what we refuse\b",
        known=True,
    ),
    "key_messages": Cue(heading=r"^(?:our )?key messages$", items_only=True),
    "calls_to_action": Cue(
        sentence=r"^(?:get in touch|come (?:by|and)|book |call us|work with us|make sure to follow|"
        r"after that, make sure to follow|join us)\b",
        item=r"^(?:work with us|get in touch|book an? [\w ]+|join us)$",
        own=False,
    ),
}

_TITLES = {
    "identity": "Who we are", "mission": "Mission", "vision": "Vision",
    "core_purpose": "Core purpose", "values": "Values", "culture": "Culture",
    "industry": "Industry", "business_field": "Business field",
    "parent_organization": "Belongs to", "target_audience": "Target audience",
    "products": "Products", "services": "Services",
    "unique_selling_proposition": "What sets it apart", "problems_solved": "Problems it solves",
    "benefits": "Benefits", "methods": "How it works", "pricing_model": "Prices",
    "guarantees": "Guarantees", "customers": "Customers", "partners": "Partners",
    "competitors": "Competitors", "proof_points": "Proof",
    "testimonials": "Voices of customers", "certifications": "Certifications",
    "awards": "Awards", "team": "Team", "history": "History", "places": "Places",
    "events": "Events", "community": "Community", "social_responsibility": "Responsibility",
    "policies": "Policies", "key_messages": "Key messages", "content_themes": "Content themes",
    "terminology": "Terminology", "faq": "Questions", "calls_to_action": "Calls to action",
    "contact_channel": "Contact", "website": "Website", "channels": "Channels",
    "languages": "Language", "brand_colors": "Brand colours", "tone": "Tone",
    "communication_style": "Style",
}  # fmt: skip

CUES = Cues(
    we=r"\b(?:we|we’re|we're|we’ve|we've|we’ll|we'll|our|ours|us)\b",
    known_names=r"\b(?:about|home|who we are|mission|values|principles?|services?|offerings?|"
    r"pricing|"
    r"prices|history|team|projects?|products?|policy|policies|company|welcome|index|readme|"
    r"customers|clients|guarantee|warranty|messages|contact|faq|vision|alternatives)\b",
    relative=r",? (?:who|whose|that|which|with|looking|wanting) ",
    list_and=" and ",
    self_nouns=(
        r"workshop|company|firm|studio|shop|school|bakery|clinic|association|cooperative|farm|"
        r"hotel|restaurant|café|store|consultancy|foundation|charity|museum|library|brewery"
    ),
    conjunctions=r"^(?:and|but|so|yet|or)\b",
    pains=(
        r"\bstruggl\w+|\bhard to\b|\bdifficult(?:y|ies)?\b|\bfrustrat\w+|\bconfus\w+|"
        r"\bbarriers?\b|\blabor-intensive\b|\btime-consuming\b|\boutdated\b|\bfears?\b|"
        r"\bcomplicated for you\b|\bstressful\b|\bdaunting\b|\bafraid\b|\bworr(?:y|ied|ies)\b|"
        r"\bunreliable\b|\bcannot (?:yet )?relate\b|\bcannot \(yet\) relate\b|\bnever had enough\b|"
        r"\bgive up time\b|\bannoy\w+|\blos(?:e|es|ing) patience\b|\bembarrass\w+|"
        r"\buncertain\w*\b|\bunderestimate\b|\btroubles?\b|\black of\b|\bhesitant\b|\breluctant\b"
    ),
    desires=(
        r"\b\w+ (?:really )?(?:want|wants|wish|wishes|hope|hopes|would like|need|needs) (?:to|a|"
        r"an|the|"
        r"more|help|less)\b|\b(?:look|looks|ask|asks) for \w+|\bdesires?\b|\bthe wish of\b"
    ),
    unsaid=(
        r"\b(?:remov|lower|reduc|avoid|solv|ensur|help)\w*\b|\bif you(?:’d| would) like\b|:\s|"
        r"\b(?:comment|please|mistakes|guidelines|no worries|don[’']t worry)\b"
    ),
    audience=r"\b(?:you|your|you’ve|you’re)\b",
    points=_POINTS,
    titles=_TITLES,
    missing="The sources do not say. Add a document or a line of the brief about: {title}.",
    removed="A reviewer had it removed. Correct the document or the brief it came from.",
    language_name="English",
    tone=ToneWords(
        casual=(
            r"\b\w+n[’']t\b|\b\w+[’'](?:re|ve|ll|m|d)\b|"
            r"\b(?:it|that|there|what|here|let|who|how|she|he)[’']s\b"
        ),
        formal=(
            r"\b(?:do|does|did|is|are|was|were|will|would|can|could|should|have|has) ?not\b|"
            r"\b(?:it|that|there|what|here) is\b|\b(?:we|you|they) (?:are|have|will)\b|"
            r"\b(?:shall|pursuant|furthermore|moreover|thus|upon)\b"
        ),
        playful=r"[:;]-?[)D]|<3|[\U0001f300-\U0001faff]|\b(?:fun|awesome|yay|wow|hooray|cool|"
        r"magic\w*|"
        r"adventure|love|totally|amazing|happy|proud)\b",
        reader=r"\b(?:you|your|yours|you’re|you'll|you’ll)\b",
    ),
    tone_line="{casual_word} ({casual} of 100 casual), {playful_word} ({playful} of 100 playful)",
    casual_words=("formal", "between formal and casual", "casual"),
    playful_words=("serious", "serious with light moments", "playful"),
    style_line=(
        "{words} words in a sentence on average; speaks to the reader {reader} times in 100 "
        "sentences; "
        "{questions} questions and {exclamations} exclamations in 100 sentences"
    ),
    style_note="Counted over the full sentences of all documents.",
    tone_note=(
        "Measured over all documents: contractions or informal address, direct address, length of "
        "sentences, exclamations and light words. A house formula, no judgement."
    ),
    terms_by_pairs=True,
)  # fmt: skip
