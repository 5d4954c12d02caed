"""`Address misconception #2: "…"`: which sentence is the mistake, and which puts it right."""

import difflib
import re
from dataclasses import dataclass

from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.blocks import Blocks
from pipelines.handwritten.quotations import quotations, unquoted
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

_MISTAKE = r"(?:misconceptions?|misbeliefs?|myths?|common mistakes?)"
_VERB = r"(?:then |also |explicitly )*(?:address|correct|counter|debunk|dispel|refute|rebut)\w*"
_ADDRESSED = re.compile(
    rf"(?:\*\*)?(?:{_VERB}\s+(?:(?:the|a|this|that|common|key|likely)\s+)*{_MISTAKE}"
    rf"|(?:(?:common|key|likely)\s+)?{_MISTAKE}"
    r"(?:\s+(?:addressed|to address))?(?=[^\"“”„]{0,6}:))"
    r"(?:\s*#?(?P<number>\d{1,9}))?[^:\"“”„]{0,40}:?(?:\*\*)?:?\s*(?=[\"“„])",
    re.IGNORECASE,
)
_CORRECTS = re.compile(r"\bnot\b|n't\b|\bnever\b|\bcomplementary\b|\binstead\b", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """A mistake that a line addresses.

    Attributes:
        rest: What the line says besides: the rebuttal.
    """

    statement: str
    rest: str
    number: int | None

    def block(self, reading: Reading, raw: Raw, below: Blocks) -> MisconceptionBlock:
        """Make the box of the mistake and of what puts it right."""
        end = max([raw.end, *(node.src.end for node in below)])
        return MisconceptionBlock(
            src=reading.src(raw.line, end),
            number=self.number,
            statement=reading.title(unquoted(self.statement), raw.line),
            nodes=below,
        )


def read_address(reading: Reading, raw: Raw) -> Address | None:
    """Read a line that addresses a mistake: its quotation is the mistake or its correction."""
    text = raw.text.strip()
    match = _ADDRESSED.match(text)
    quoted = next(quotations(text[match.end() :]), None) if match else None
    if not match or not quoted or quoted.start:
        return None
    rest = text[match.end() + quoted.end :].lstrip(" .:-–—*")
    number = int(match["number"]) if match["number"] else None
    rows = reading.misconceptions
    claim = rows[number - 1] if number and number <= len(rows) else ""
    corrects = bool(claim) and not _says_the_same(claim, quoted.text)
    reading.label(raw.line, match[0], raw.end)
    reading.guess(
        raw.line,
        "misconception",
        "the quotation corrects it" if corrects else "the quotation is the mistake",
        raw.text,
        "write `:::{misbelief} <the mistake>` and what is right below it",
    )
    if corrects:
        return Address(claim, f"{quoted.text} {rest}".strip(), number)
    return Address(quoted.text, rest, number)


def _says_the_same(claim: str, text: str) -> bool:
    """Most words of the shorter sentence stand in both, in order; or most of those that matter."""
    first, second = (re.findall(r"\w+", one.lower()) for one in (claim, text))
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    if sum(block.size for block in blocks) >= 0.75 * max(1, min(len(first), len(second))):
        return True
    weighty, others = ({word for word in one if len(word) > 3} for one in (first, second))
    shared = len(weighty & others) / max(1, min(len(weighty), len(others)))
    return shared >= 0.6 and not _CORRECTS.search(text)
