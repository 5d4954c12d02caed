"""How the seconds of reading and linting grow with a plan: ratios, whatever the machine.

    python tests/benchmarks/linear_time.py

Ten times the text should take at most fifteen times as long. The tests count calls instead of
seconds; what a regular expression or a search in a list costs shows only here.
"""

import gc
import statistics
import time

import course

from pipelines.any_plan import read_text
from pipelines.planlint.rules import lint


def seconds(text: str) -> float:
    """Return seconds of processor; garbage of other readings is collected before."""
    gc.collect()
    begin = time.process_time()
    plan, _ = read_text(text)
    lint(plan, facts={}, citations={}, experiments={})
    return time.process_time() - begin


def ratio(long: str, short: str) -> float:
    """Return a ratio of medians; the two take turns, so that a busy machine slows both."""
    pairs = [(seconds(long), seconds(short)) for _ in range(5)]
    taken, little = (statistics.median(column) for column in zip(*pairs, strict=True))
    return taken / little


def longer(text: str, times: int) -> str:
    """Repeat a plan's content under its headings, so that it is one plan still."""
    parts = text.split("\n#")
    return "\n#".join(part + ("\n" + _body(part)) * (times - 1) for part in parts)


def _body(part: str) -> str:
    return part.partition("\n")[2]


def outlines(text: str, times: int) -> str:
    """Repeat the sections of the outline: more headings, not longer ones."""
    start = text.index("### Lesson Outline")
    stop = text.index("\n## ", start)
    return text[:stop] + text[start + 18 : stop] * (times - 1) + text[stop:]


def reviews(text: str, times: int) -> str:
    start = text.index("\n## Review")
    return text + text[start:] * (times - 1)


def main() -> None:
    course.SMALLEST, course.LARGEST = 12_000, 12_001
    for notation in range(3):
        text = course.Plan(1, notation).text()
        for grow in (longer, outlines, reviews):
            short, long = grow(text, 1), grow(text, 10)
            seconds(short)  # the first reading builds what later ones share
            found = ratio(long, short)
            print(f"notation {notation}, {grow.__name__}: ten times the text, {found:.1f} times")


if __name__ == "__main__":
    main()
