"""The words that the lexicon knows."""

from __future__ import annotations

_COUNTED = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
NUMBERS: dict[str, int] = (
    {word: i for i, word in enumerate(_COUNTED, 1)}
    | {"a": 1, "an": 1, "another": 1, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
    | {"sixty": 60, "hundred": 100, "thousand": 1000}
)
_NTHS = (
    *("third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    "twelfth",
)
PARTS: dict[str, int] = (
    {word: i for i, word in enumerate(_NTHS, 3)}
    | {"fourth": 4, "half": 2, "twentieth": 20, "twenty-fifth": 25, "fiftieth": 50}
    | {"hundredth": 100, "thousandth": 1000}
)
PARTS |= {f"{word}s": number for word, number in PARTS.items()} | {"halves": 2}
ORDINAL_TOO = frozenset(
    word for word in PARTS if word not in ("half", "quarter") and word[-1] != "s"
)

UP = frozenset("more higher larger bigger greater farther further slower longer sharper".split())
DOWN = frozenset(
    "less fewer lower smaller nearer closer faster quicker sooner shorter cheaper cleaner".split()
)
COMPARATIVES = (
    UP | DOWN | frozenset("better worse softer blurrier crisper noisier straighter dearer".split())
)
REMOVING = frozenset(
    "remove removes removed removing lose loses losing save saves saved cost costs".split()
)
GONE = frozenset("lost gone removed missing".split())
FALLING = frozenset(
    "fall falls fell falling lower lowers lowered drop drops dropped shrink shrinks sink sinks"
    " decrease decreases reduce reduces".split()
)
RISING = frozenset(
    "rise rises rose rising raise raises raised grow grows grew growing increase increases climb"
    " climbs".split()
)
OPPOSED = (("against",), ("instead", "of"), ("in", "place", "of"))  # the other one follows

MULTIPLES = {
    **{"twice": 2, "double": 2, "doubles": 2, "doubled": 2, "thrice": 3, "triple": 3},
    **{"triples": 3, "tripled": 3, "halve": 2, "halves": 2, "halved": 2},
}
COMPARED = frozenset("as the that what its their those over".split())  # follow a multiple
DESIGN = frozenset("evaluations evaluation steps".split())  # chosen, not measured
TIMES = frozenset(
    "hour minute second day week month year".split()
)  # parts of them are usual units
WAY_TO_DESIGN = frozenset("of the a an as many its their number those network".split())

# --- degrees: more than an order ---

STRONG = frozenset(
    "considerably significantly vastly markedly substantially enormously dramatically greatly"
    " immensely hugely incomparably".split()
)
HARDLY = frozenset(("hardly", "barely", "scarcely"))
NEARLY = frozenset(("nearly", "almost", "practically", "virtually"))
ALIKE = frozenset(
    "the equal as all every no nothing none identical indistinguishable same half".split()
)
PLACED = frozenset("ahead behind below above beyond".split())
GAINING = frozenset(
    "gain gains gained help helps helped matter matters cost costs add adds improve improves".split()
)

# --- sets: one against all others ---

SUPERLATIVES = frozenset(
    "best worst fewest nearest sharpest fastest slowest closest farthest cleanest cheapest lowest"
    " highest largest smallest softest quickest strongest weakest".split()
)
NO_SUPERLATIVE = frozenset(  # what follows a superlative that is part of a name
    "relative relatives neighbour neighbours possible level levels order way mode modes thing"
    " noise guess answer".split()
)
EVERYTHING = frozenset(
    "whichever whatever regardless always never everywhere nowhere none unsurpassed unbeaten".split()
)
KINDS = frozenset(
    "solver solvers method methods student students sampler samplers system systems teacher"
    " teachers model models other others rival rivals recipe recipes number".split()
)
BEATING = frozenset("beats comes helps equals matches reaches".split())
RANKED = frozenset("is are comes come came ranks stays ends finishes".split())

# --- what is compared ---

QUANTITIES = {
    **dict.fromkeys(("faster", "slower", "quicker", "sooner"), "time"),
    **dict.fromkeys(("sharper", "softer", "blurrier", "crisper"), "sharpness"),
    **dict.fromkeys(("nearer", "closer", "farther"), "distance"),
}
AFTER_DISTANCE = frozenset(("to", "than", "from", "by", "again", "still"))
AFTER_RIGHT = frozenset("with than in at for when and from more most once after".split())
VARIED = frozenset(("diverse", "varied", "variety", "diversity"))
MISSING = frozenset(("off", "miss", "misses"))

# --- what a sentence may say of numbers that lie close together, or at an end ---

CLOSE = frozenset(
    "nearly almost within rival rivals equal equals same alike still enough comparable"
    " hardly barely neither".split()
)
ENDS = frozenset(
    "all every each no none nowhere everywhere never always only complete completely entirely"
    " whole without both refuses nothing not".split()
)
