"""The words that the lexicon knows."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


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

UP = _set("more higher larger bigger greater farther further slower longer sharper")
DOWN = _set("less fewer lower smaller nearer closer faster quicker sooner shorter cheaper cleaner")
COMPARATIVES = UP | DOWN | _set("better worse softer blurrier crisper noisier straighter dearer")
REMOVING = _set("remove removes removed removing lose loses losing save saves saved cost costs")
GONE = _set("lost gone removed missing")
FALLING = _set(
    "fall falls fell falling lower lowers lowered drop drops dropped shrink shrinks sink sinks"
    " decrease decreases reduce reduces"
)
RISING = _set(
    "rise rises rose rising raise raises raised grow grows grew growing increase increases climb"
    " climbs"
)
OPPOSED = (("against",), ("instead", "of"), ("in", "place", "of"))  # the other one follows

MULTIPLES = {
    **{"twice": 2, "double": 2, "doubles": 2, "doubled": 2, "thrice": 3, "triple": 3},
    **{"triples": 3, "tripled": 3, "halve": 2, "halves": 2, "halved": 2},
}
COMPARED = _set("as the that what its their those over")  # follow a multiple
DESIGN = _set("evaluations evaluation steps")  # chosen, not measured
TIMES = _set("hour minute second day week month year")  # parts of them are units
WAY_TO_DESIGN = _set("of the a an as many its their number those network")

# --- degrees: more than an order ---

INTENSIFIERS = _set("far much clearly many lot deal way easily slightly little well")
STRONG = _set(
    "considerably significantly vastly markedly substantially enormously dramatically greatly"
    " immensely hugely incomparably"
)
HARDLY = frozenset(("hardly", "barely", "scarcely"))
NEARLY = frozenset(("nearly", "almost", "practically", "virtually"))
ALIKE = _set("the equal as all every no nothing none identical indistinguishable same half")
PLACED = _set("ahead behind below above beyond")
GAINING = _set(
    "gain gains gained help helps helped matter matters cost costs add adds improve improves"
)

# what has to stand in a sentence with a multiple or a strong comparison
SIGNALS = (
    frozenset(PARTS) | frozenset(MULTIPLES) | INTENSIFIERS | STRONG | HARDLY
    | _set("times factor order orders per margin league")
    | frozenset(f"{number}fold" for number in NUMBERS)
    | frozenset(f"{number}-fold" for number in NUMBERS)
)  # fmt: skip

# --- sets: one against all others ---

SUPERLATIVES = _set(
    "best worst fewest nearest sharpest fastest slowest closest farthest cleanest cheapest lowest"
    " highest largest smallest softest quickest strongest weakest"
)
NO_SUPERLATIVE = _set(  # what follows a superlative that is part of a name
    "relative relatives neighbour neighbours possible level levels order way mode modes thing"
    " noise guess answer"
)
EVERYTHING = _set(
    "whichever whatever regardless always never everywhere nowhere none unsurpassed unbeaten"
)
KINDS = _set(
    "solver solvers method methods student students sampler samplers system systems teacher"
    " teachers model models other others rival rivals recipe recipes number"
)
BEATING = _set("beats comes helps equals matches reaches")
RANKED = _set("is are comes come came ranks stays ends finishes")

# --- what is compared ---

QUANTITIES = {
    **dict.fromkeys(("faster", "slower", "quicker", "sooner"), "time"),
    **dict.fromkeys(("sharper", "softer", "blurrier", "crisper"), "sharpness"),
    **dict.fromkeys(("nearer", "closer", "farther"), "distance"),
}
AFTER_DISTANCE = frozenset(("to", "than", "from", "by", "again", "still"))
AFTER_RIGHT = _set("with than in at for when and from more most once after")
VARIED = frozenset(("diverse", "varied", "variety", "diversity"))
MISSING = frozenset(("off", "miss", "misses"))

# --- what a sentence may say of numbers that lie close together, or at an end ---

CLOSE = _set(
    "nearly almost within rival rivals equal equals same alike still enough comparable"
    " hardly barely neither"
)
LIKE = frozenset(
    {("at", "most"), ("as", "good"), *(("no", one) for one in (*DOWN, *UP, "worse", "better"))}
)
NOT_ONE = frozenset((("not", "one"), ("not", "a")))
ENDS = _set(
    "all every each no none nowhere everywhere never always only complete completely entirely"
    " whole without both refuses nothing"
)
