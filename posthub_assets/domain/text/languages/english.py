"""English."""

from __future__ import annotations

from posthub_assets.domain.text.languages.pack import LanguagePack, phrase_set, word_set

_STOP_WORDS = word_set(
    """
a about already above after again against all almost also although always am among an and
another any anyone anything are aren't around as at away be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done
down during each either else enough even ever every everyone everything few first for from
further get gets getting give given go goes going good got great had hadn't has hasn't have
haven't having he her here hers herself him himself his how however i if in instead into is
isn't it it's its itself just keep kind know last least less let let's like likely lot made make
makes making many may maybe me might more most much must my myself need needs never new next no
nor not nothing now of off often on once one ones only onto or other others our ours ourselves
out over own part per perhaps please put quite rather really right same say see seem several
shall she should shouldn't since so some someone something sometimes still such sure take takes
taking than that that's the their theirs them themselves then there there's these they they're
thing things this those though through thus to together too toward towards try two under until
up upon us use used uses using usually very via want was wasn't way ways we we'll we're we've
well were weren't what what's whatever when where whether which while who whole whom whose why
will with within without won't would wouldn't yet you you'll you're you've your yours yourself
yourselves e.g i.e etc example examples
"""
)

_DANGLING_STARTS = word_set(
    """
this that these those it it's it’s its they they're they’re their them theirs he she his her such
here also but and or so yet still however instead therefore thus hence additionally furthermore
moreover nevertheless nonetheless otherwise similarly likewise finally lastly secondly third
thirdly fourth next afterwards afterward meanwhile consequently accordingly besides neither another
then specifically conversely rather indeed alternatively plus again which first firstly second
unfortunately fortunately luckily sadly ultimately eventually that's that’s there's ditto
"""
)

_ABBREVIATIONS = word_set(
    """
mr mrs ms dr prof sr jr st vs e.g i.e eg ie etc cf al fig figs no nos vol pp approx dept est inc
ltd co corp gov sen rep gen u.s u.k d.c u.n ph.d a.m p.m jan feb mar apr jun jul aug sep sept
oct nov dec ex sec ch art ver v
"""
)

_INTERROGATIVES = word_set(
    """
what why how when where who which whose whom can do does is are should
"""
)

_EMPTY_HEADINGS = phrase_set(
    """
home | introduction | overview | example | examples | summary | conclusion | background |
purpose | approach | outcomes | outcome | results | the approach | the outcome |
the challenge | challenge | solution | the solution | about | about this guide |
additional reading | additional resources | additional resource | resources |
further reading | read more | references | notes | note | index | contents |
table of contents | how to do it | how-to | tl;dr | why | what | how | when | who | tips |
license | contributing | faq | faqs | frequently asked questions | questions | testing |
passes | fails | fail | pass | do | don't | plan | build | define | more | contact |
history | for press | government considerations | considerations |
considerations for use in government | do’s | learn more | next steps | what's next |
what’s next | the problem | problem | getting started | credits |
applied in government research | 18f example | regular practice | disclaimer |
methodologies | tactics | featured projects | recent blog posts | roles | principles |
people | general | other | misc | guidelines | reducing this risk | welcome | key takeaways |
takeaways | installation | the basics | standard | default
"""
)

_SKIPPED_HEADINGS = phrase_set(
    """
additional resources | additional resource | additional reading | additional information |
further reading | further information | read more | learn more | resources | references | see also |
related links | links | sources | license | licence | contributing | open source and contributing |
acknowledgements | acknowledgments | credits | translation | translations | image credits |
for press | press contacts | contact | contact us | organizational logos | product logos |
table of contents | contents | recent blog posts | footnotes | bibliography | thanks
"""
)

_IMPERATIVES = word_set(
    """
add adopt adapt ask assess avoid be begin bring build buy choose clarify clear collaborate
collect communicate conduct connect consider craft create decide define deliver describe develop
do don't don’t draft ensure establish evaluate explore find fix follow gather get give grow hire
identify improve include involve join keep know launch lead learn let listen maintain make
manage meet minimize modernize monitor move navigate offer organize pick prepare prevent
prioritize protect provide publish put recruit reduce refine remember request respect run say
secure see select set simplify speak stay stop streamline submit take talk teach tell think
train transform translate treat try turn understand update validate write synthesize summarize
analyze iterate correct convert compare check cut enable
"""
)

_VERBS_OR_NOUNS = word_set(
    """
open research test design document release support plan map work focus track place own limit
structure visit show look help process sponsor share measure contract review report use change
start staffing heading testing building training meeting marketing engineering planning pricing
easy ready able
"""
)

_DEPENDENT = (
    r"^(?:one|some|many|most|each|all|none|both|any|several|few|two|three|four|others?)"
    r" (?:of (?:these|them|those|this|that|which)|way|reason|example|other|others|such|more)\b",
    r"^(?:[\w’']+\W+){1,4}?(?:this|these|those|that (?:case|way|reason|point|end|time)|such|it)\b",
    r"^(?:for example|for instance|in other words|in addition|on the other hand|as a result)\b",
    r"^(?:by contrast|in contrast|at the same time|even so|of course|in short|in fact|in turn)\b",
    r"^(?:on the contrary|as previously|as mentioned|as before|as always|to do so|by doing so)\b",
    r"^(?:more|most) importantly\b|^other [a-z]+\b|^(?:in the end|in essence|in sum|in summary)\b",
    r"^(?:after that|before that|with that)\b|^[^,.]{0,70}, (?:this|these|those)\b",
    r"^(?:in particular|that said|having said|to that end|in response|as such|the same|in both)\b",
    r"^(?:the|a|our) (?:first|second|third|fourth|former|latter|other|others|next|last|final|above|"
    r"two|three|resulting|same|remaining|rest)\b",
    r"^\W*(?:doing|do) so\b|^(?:we|you|they|he|she) (?:also|then|both|therefore|instead|too)\b",
    r"^(?:does|do|did|is|are|was|were|can|will|has|have) (?:that|he|she|they|it)\b",
    r"^(?:[\w’']+ ){1,3}(?:is|are|was|were|has|have) also\b",
    r"^(?:he|she|they)\b|^\w+ (?:also|then|too|therefore|however)\b|^(?:if|when|once) so\b",
    r"^(?:yes|no|ok|okay|well|now|great|sure|right|done|alright)\b[,.!]",
)

_DANGLING = (
    (
        r"\b(?:as|is|are|was|were) (?:shown|described|discussed|mentioned|explained|noted|"
        "outlined|listed|seen|defined|illustrated|pictured) (?:above|below|here|earlier|"
        "previously|later|in (?:the|this))"
    ),
    r"\b(?:above|below|left|right)[- ]?(?:hand|mentioned)\b",
    (
        r"\b(?:the|these|those|two|three|four|are|in|see|listed|following|outlined|steps|"
        r"questions?|examples?) (?:above|below)\b"
    ),
    r"\b(?:above|below)(?:[.,;:)]|$)",
    r"\bthe following\b|\bas follows\b|\bfollowing (?:are|is)\b",
    (
        r"\b(?:this|these|next|previous|earlier|last|final) (?:chapters?|sections?|pages?|"
        "articles?|guides?|guidance|posts?|lessons?|documents?|steps?|"
        "handbook|playbook|site|website|examples?|tables?|diagrams?|figures?|"
        "screenshots?|images?|pictures?|videos?|lists?|links?|forms?|lexicon|card|"
        r"checklist|principles above)\b"
    ),
    r"\bin the (?:previous|next|following|last) (?:chapter|section|part|step)\b",
    (
        r"\b(?:see|check out|refer to|consult|visit) (?:our|the|an?|how|each|your)\b[^.]*"
        r"\b(?:guides?|pages?|sites?|sections?|templates?|resources?|documentation|policy|"
        r"handbook|blog|posts?|lists?|"
        r"chapters?|examples?|articles?|website|checklist)\b"
    ),
    (
        r"^\W*(?:see|check out|read (?:more|about|our|the)|visit|consult|refer to|view|watch|"
        r"download)\b"
    ),
    (
        r"\bdownload (?:the|our|an?|\w+’s)\b|^\W*learn (?:about|how|more)\b|^\W*for more\b|"
        r"^\W*use our\b"
    ),
    r"\b(?:image|figure|screenshot|diagram|picture|photo|chart) (?:above|below|\d)",
    (
        r"\bas (?:already )?(?:noted|mentioned|discussed|described)\b|\b(?:we|i)(?:’|"
        "')?(?:ll| will) (?:explain|cover|look at|see|talk about|discuss|be (?:focusing|"
        r"using|looking))\b"
    ),
    r"^(?:how to|why) [^?]*$|\b(?:previous|above|following) (?:chart|graph|map)\b",
    r"^(?:the|our|this) (?:guide|handbook|playbook|tutorial|article|official document)\b",
    (
        r"\bcan be found (?:in|on|at)\b|\bplease do so\b|\bsuggest a change\b|\blink to a\b|"
        r"\bwe(?:’|')ve (?:listed|linked)\b"
    ),
    r"\b(?:aforementioned|said earlier|just (?:described|mentioned))\b",
)

_LEAD_WORDS = r"\b(?:the following|following|below|as follows|above)\b"

_CHROME = (
    (
        r"\bclick(?:ing)? (?:here|on|the)\b|\bright[- ]click|\blearn more\b|\bread more\b|"
        r"\bsign up\b|\bsubscribe\b"
    ),
    (
        r"\be-?mail(?:ing)? us\b|\bcontact us\b|[\w.+-]+@[\w-]+\.\w+|\bslack channel\b|"
        r"#[a-z][\w-]+\b"
    ),
    (
        r"\bcreative commons\b|\bcc0\b|\bpublic domain dedication\b|\bcopyright\b|"
        r"\blicensed under\b|\ball rights reserved\b"
    ),
    (
        r"\bwelcome\b.*\bpull requests?\b|\bpull requests?\b.*\b(?:welcome|submit)|"
        r"\bby submitting\b|"
        r"\bcookies?\b.*\baccept\b"
    ),
    (
        r"\bpress (?:inquiries|questions)\b|\b(?:MB|KB) (?:PNG|PDF|JPG|SVG)\b|\((?:PDF|"
        r"PNG|SVG|JPG|DOCX?)\)"
    ),
    (
        r"\bcongratulations\b|\bwell done\b|\b(?:you|we)(?:’|\')ve just\b|^(?:you|we) just\b|"
        r"\bthanks? (?:to|you)\b|\bwould like to thank\b|\bbig thanks\b|\bwork in progress\b|"
        r"\bpage (?:was )?last (?:updated|reviewed)\b"
    ),
)

PACK = LanguagePack(
    code="en",
    direction="ltr",
    quotes=("“", "”"),
    stop_words=_STOP_WORDS,
    abbreviations=_ABBREVIATIONS,
    labels={
        "introduction": "Introduction",
        "faq": "Frequently asked questions",
        "key_takeaways": "Key takeaways",
        "conclusion": "Conclusion",
    },
    interrogatives=_INTERROGATIVES,
    what_is={
        "is": "What is {term}?",
        "means": "What does {term} mean?",
        "refers to": "What does {term} refer to?",
    },
    definition=(
        r"^(?P<term>(?:An? |The )?[A-Z0-9][^\s,;:()]*(?: [^\s,;:()]+){0,3})(?: \([^)]{1,40}\))?"
        r" (?P<verb>means|refers to|is) (?:(?<=means )|(?<=refers to )|an? (?!good |great |bad |"
        r"big |key |must|common |critical |huge |valuable |better |useful |little |lot |powerful |"
        r"important |simple |likely |major |sign |way |helpful |nice |perfect |shared |responsib|"
        r"priority)|the (?:practice|process|act|ability|method|degree|use|set|guiding|person|"
        r"document|name|study|art|language|place|part|agency|group|team) |any )"
    ),
    pointing=r"\b(?:this|these|those|both|such|above|below)\b",
    dangling_starts=_DANGLING_STARTS,
    dependent=_DEPENDENT,
    dangling=_DANGLING,
    chrome=_CHROME,
    lead_words=_LEAD_WORDS,
    empty_headings=_EMPTY_HEADINGS,
    skipped_headings=_SKIPPED_HEADINGS,
    about_activity="What matters when {heading}?",
    about_doing="How do you {heading}?",
    about=(
        "What should you know about {heading}?",
        "What is worth knowing about {heading}?",
    ),
    imperatives=_IMPERATIVES,
    determiners=word_set("the a an your our their its this these"),
    verbs_or_nouns=_VERBS_OR_NOUNS,
    wishes={
        "shorter": ("shorter", "too long", "shorten", "cut", "condense", "trim"),
        "longer": ("longer", "too short", "more detail", "expand", "extend"),
    },
    conjunction=" and ",
    suffixes=(
        "ational",
        "fulness",
        "ements",
        "ations",
        "ization",
        "ement",
        "ingly",
        "ation",
        "ness",
        "ings",
        "edly",
        "ies",
        "ing",
        "ers",
        "ied",
        "ed",
        "ly",
        "es",
        "er",
        "s",
        "y",
        "e",
    ),
    finite=(
        r"\b(?:is|are|was|were|isn[’']t|aren[’']t|has|have|had|can|cannot|can[’']t|could|"
        r"will|won[’']t|"
        r"would|should|must|may|might|do|does|don[’']t|doesn[’']t|did|we|you|they|it|i|who|"
        r"\w+n[’']t|"
        r"helps?|makes?|needs?|lets?|gives?|shows?|means?|enables?|involves?|requires?|provides?|"
        r"includes?|allows?|takes?|comes?|goes|keeps?|gets?|works?|leads?|begins?|starts?|uses?|"
        r"says?|sees?|becomes?|remains?|supports?|costs?|serves?|carry|carries|ensures?|creates?|"
        r"should|focus(?:es)?|depends?|describes?|defines?|encourages?|builds?|offers?|brings?)\b"
        r"|\b[a-z]+[^aeious\W]ed\b(?! (?:by|on|in|for|from)\b)"
    ),
    titles_in_capitals=True,
)
