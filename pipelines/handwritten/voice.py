"""Is a line of a hand-written outline for the student, or a note to the builder?

The first rule that matches decides; what none of them knows is shown. Notes are never dropped:
they go to the review page, and each decision is listed with its rule and how to override it.
"""

import itertools
import re
from dataclasses import dataclass

from pipelines.contracts.planning import SectionKind
from pipelines.handwritten.quotations import outside_quotations, quotations, unquoted

OVERRIDE_STUDENT = "write `> student: …` around the line"
OVERRIDE_BUILDER = "write `> builder: …` around the line"
QUOTED = re.compile(r'^["“](?P<text>.+)["”]\s*$', re.DOTALL)
_LAST_QUOTED = re.compile(r':\s*(?P<text>["“].+["”])\s*$', re.DOTALL)
_LABELLED = re.compile(r'^(?P<label>[^"“”:]{1,80}):\s*(?P<text>["“].+["”])\s*$', re.DOTALL)
# `Opening line — "…"`: after a dash, only words of the trade are a label
_SPOKEN = re.compile(
    r"^(?P<label>(?:opening|closing|key|final|first|last) (?:line|sentence|words)"
    r"|punch ?line|teaser)"
    r'\s*(?:--+|[—–])\s*(?P<text>["“].+["”])\s*$',
    re.IGNORECASE | re.DOTALL,
)
_TAKEAWAYS = re.compile(r"(?:\*\*)?key takeaways?\b", re.IGNORECASE)
# what is said to be false must not stand alone
_MISTAKEN = re.compile(
    r"\b(?:misconceptions?|misbeliefs?|myths?|mistaken(?:ly)?|false beliefs?|wrongly)\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"[(\[]?(?:\*\*)?(?:(?:(?:hook|question|check|section|example|exercise) )?type|design"
    r"|assessment(?: type)?|visual|diagram|purpose|tests|transition|note"
    r"|preview(?: of [\w ]+)?|key takeaways?(?: \([^)]*\))?|placement|layout"
    r"|(?:interactive )?widget|implementation|figure|animation|tone|(?<=\[)image"
    r"|to-?do|builder(?: notes?)?|learning (?:goal|objective)s?|question format"
    r"|[\w-]+ diagram description|side-by-side \w+|predict-and-verify questions?"
    r"|exercise (?:design )?(?:rationale|sequence)(?: \([^)]*\))?|scaffolding progression"
    r"|(?:the )?solutions? should [\w ]{3,20}|solution (?:notes?|emphasis))"
    r"(?:\*\*)?\s*(?:\([^)]*\))?:(?:\*\*)?",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:one|two|three|four|five|six|\d+)\s+[\w-]+(?:\s[\w-]+)*\s+questions?:?$", re.IGNORECASE
)
# Verbs that hardly ever speak to a student, unless they stand for a noun ("Address books, …").
_VERB = re.compile(
    r"(?:then |again |also |quickly |explicitly )?"
    r"(?:(?:show|address|connect|frame|present|walk through|set up|preview|bridge|highlight"
    r"|display|link|tie|state|revisit|echo|reveal|reference)\s+(?=(?:the|a|an|this|that|these"
    r"|those|it|them|both|each|every|all|one|two|three|how|why|what|side|to|as|back|misconception"
    r"|directly|explicitly|visually|here|with|only|its|their|code|where|when|from)\b"
    r"|[\"“#\d(*]|(?-i:[A-Z]))"
    r"|walk the (?:student|reader)s? through|remind the|emphasi[sz]e|reactivate|reconnect"
    r"|foreshadow|keep (?:this|it|the section) (?:short|brief|light)|mention (?=the|that|in|only)"
    r"|forward reference|do not (?:name|mention|reveal|introduce|derive|dwell|go into|preview)"
    r"|don't (?:name|mention|reveal|introduce|derive|dwell|go into|preview)"
    r"|briefly (?:mention|reactivate|recap|introduce|explain|show|connect|describe|note|cover)"
    r"|use (?:a|the) (?:widget|diagram|card)|(?:ask|tell) the (?:student|reader)s?"
    r"|side-by-side diagram|avoid the (?:word|term|name)s?\b|callback to [^.]*\b\d+\.\d"
    r"|(?:animate|insert|add|reuse) (?:the|a|an) (?=(?:[\w-]+ ){0,3}(?:plot|figure|table"
    r"|diagram|chart|widget|callout)\b)|if time permits, (?:mention|show|add)"
    r"|pause here for a (?:prediction|question|guess)|make sure (?:the )?(?:reader|learner)s?\b"
    r"|let the (?:student|reader|learner)s? (?:guess|discover)\b"
    r"|be careful not to (?:promise|reveal|name|mention|give away)|recap in \w+ bullets"
    r"|aim for (?:[\w-]+ ){1,3}(?:sentence|paragraph|bullet)s?\b)",
    re.IGNORECASE,
)
# Verbs that speak to either: only a following quotation, or a word of the trade, decides.
_WEAK_VERB = re.compile(
    r"(?:then |again )?(?:introduce|describe|explain|contrast|use|define|give|include|open|start"
    r"|begin|end|close|pose|ask|say|tell|quick callback|callback|note)\b",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(?:the students?|(?:\d|two|three)(?:-\w+)? (?:sentences|paragraphs)|callout|aside"
    r"|(?:gradient)?card|widget|section|lesson)\b",
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|me|my|friend)\b", re.IGNORECASE)
_LEARNER = re.compile(
    r"\bthe students?(?:'s)? (?!models?\b|networks?\b|nets?\b)(?!of\b)", re.IGNORECASE
)
_LEARNER_FIRST = re.compile(
    r"the students? (?:already|should|needs?|must|will|may|might|can|has|have|knows?|expects?"
    r"|now|understands?|sees?|just|does)\b",
    re.IGNORECASE,
)
_THEN_SHOW = re.compile(
    r"(?P<text>.*?[\w)\"”.!?])\s*(?:(?:->|→)\s*|(?<=[.!?\"”])\s+(?=then ))"
    r"(?P<note>(?:then )?(?:show|draw|display|present|highlight|reveal)"
    r" (?:a|an|the|both|all|each|it|how|side)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = re.compile(
    r"\b(?:gap fill|gap resolution|positive #\d|negative #\d|misconception #\d|\d-\d (?:sentences"
    r"|paragraphs))\b",
    re.IGNORECASE,
)
_SHORTEST = 25  # characters of a quotation that is more than a term
_CLOSE = 3  # words between two quotations that make one sentence: `"…" becomes "…"`
_HINT = re.compile(
    r"\s*\(gap (?:fill|resolution)\)|\d-\d (?:sentences|paragraphs)(?: introducing[^.]*)?\.\s*"
    r"|\s*\((?:positive|negative|misconception) #\d\)",
    re.IGNORECASE,
)
_LINKING = re.compile(
    r'(?:Connect|Link|Tie|Relate)\b[^.:"“]*:\s*["“](?P<text>[^"“”]+)["”]', re.IGNORECASE
)
_AFTER_LABEL = re.compile(
    r'^(?P<label>\*\*[^*]+\*\*[^"“:]*:)\s*(?P<text>["“].+["”])\s*$', re.DOTALL
)
_EXERCISING = {SectionKind.PRACTICE, SectionKind.EXPLORE}


@dataclass(frozen=True)
class AudienceSplit:
    """What to show of a text, what to keep for the builder, and by which rule.

    Attributes:
        shown, noted: Inline Markdown; "" for nothing.
        rule: "" where nothing was decided: the text is shown as it is.
    """

    shown: str
    noted: str = ""
    rule: str = ""


def classify_audience(text: str, kind: SectionKind) -> AudienceSplit:
    """Decide about one paragraph or list item of a section of this kind."""
    text = text.strip()
    if QUOTED.match(text):
        return _quoted(text)
    if _COUNTED.fullmatch(text):
        return AudienceSplit("", text, "question count")
    if _KEY.match(text) and not (kind is SectionKind.SUMMARY and _TAKEAWAYS.match(text)):
        return _quotation_only(text, "builder key")
    if kind not in _EXERCISING and (found := _instruction(text)):
        return found
    if match := _LABELLED.match(text) or _SPOKEN.match(text):
        return _labelled(match)
    return AudienceSplit(unquoted(text))


def is_note(text: str) -> bool:
    """A text begins with a word of those who plan and build: `Visual: …`."""
    return bool(_KEY.match(text.strip()))


def _quoted(text: str) -> AudienceSplit:
    """Judge what begins and ends with a quotation: an instruction may stand between two."""
    found = list(quotations(text))
    gaps = [text[one.end : two.start].strip() for one, two in itertools.pairwise(found)]
    if any(_VERB.match(gap) for gap in gaps):
        said = " ".join(text[one.start : one.end] for one in found)
        return AudienceSplit(said, text, "instruction between quotations")
    return AudienceSplit(unquoted(text), rule="quoted")


def _instruction(text: str) -> AudienceSplit | None:
    """Judge what may tell the builder what to do; None: it does not."""
    outside = outside_quotations(text, _SHORTEST)
    addressed = bool(_SECOND_PERSON.search(outside))
    if _VERB.match(text) and not addressed:
        return _quotation_only(text, "imperative to the builder")
    if _WEAK_VERB.match(text) and (
        (text.endswith(('"', "”")) and len(quotation(text)) >= _SHORTEST) or _TRADE.search(outside)
    ):
        return _quotation_only(text, "imperative to the builder") if not addressed else None
    about = quotation(text) or _LEARNER_FIRST.match(text)
    if about and _speaks_of_the_learner(outside):
        return _quotation_only(text, "speaks of the student")
    if _TAGS.search(outside):
        return _tagged(text)
    if match := _THEN_SHOW.match(text):
        return AudienceSplit(unquoted(match["text"]), match["note"], "instruction within the line")
    return None


def quotation(text: str) -> str:
    """Return what a text quotes last, else its longest quotation; "" if there is none."""
    found = list(quotations(text))
    if match := _LAST_QUOTED.search(text):
        inside = [one for one in found if one.start >= match.start("text")]
        gaps = (text[one.end : two.start].split() for one, two in itertools.pairwise(inside))
        if all(len(gap) <= _CLOSE for gap in gaps):
            return unquoted(match["text"])
    return max((one.text for one in found if len(one.text) >= _SHORTEST), key=len, default="")


def _quotation_only(text: str, rule: str) -> AudienceSplit:
    shown = quotation(text)
    if len(shown) < _SHORTEST or _MISTAKEN.search(outside_quotations(text)):
        shown = ""  # a term in quotation marks, or something false: nothing to say to the student
    return AudienceSplit(shown.strip(), text, rule)


def _speaks_of_the_learner(outside: str) -> bool:
    """Where there is a teacher, "the student" is a network."""
    return bool(_LEARNER.search(outside)) and "teacher" not in outside.lower()


def _tagged(text: str) -> AudienceSplit:
    """`**Name** (from 6.4.2): 2-3 sentences. "…"`: shown without its hints and instructions."""
    shown = _HINT.sub("", text)
    shown = _LINKING.sub(lambda match: match["text"], shown)
    shown = _AFTER_LABEL.sub(lambda match: f"{match['label']} {unquoted(match['text'])}", shown)
    return AudienceSplit(shown.strip(), text, "planning tag")


def _labelled(match: re.Match[str]) -> AudienceSplit:
    label = match["label"].strip()
    if label.startswith("**"):
        closed = label if label.count("**") % 2 == 0 else label + "**"
        return AudienceSplit(f"{closed}: {unquoted(match['text'])}", rule="labelled quotation")
    return AudienceSplit(unquoted(match["text"]), match[0], "labelled quotation")
