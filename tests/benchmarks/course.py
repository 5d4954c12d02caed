"""A synthetic course: plans of 50-90 kB in every notation of the dialect, and how fast they lint.

    python -m tests.benchmarks.course FOLDER            write the course
    python -m tests.benchmarks.course FOLDER --measure  write it, lint it, print what it took

The same seed gives the same course. Nothing in it means anything.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

MODULES, LESSONS = 10, 10
SMALLEST, LARGEST = 50_000, 90_000  # bytes
DEPTHS = ("MENTIONED", "INTRODUCED", "DEVELOPED", "APPLIED")
WORDS = (
    *("the", "a", "of", "in", "to", "that", "with", "from", "each", "step", "path", "point"),
    *("noise", "level", "image", "model", "loss", "teacher", "student", "curve", "field"),
    *("sample", "batch", "weight", "layer", "score", "value", "mean", "share", "guess"),
    *("answer", "reason", "shows", "learns", "keeps", "turns", "takes", "gives", "follows"),
    *("compares", "stays", "moves", "ends", "starts", "between", "under"),
)
FORMULAS = (
    "x_t = sqrt(alpha_bar_t)*x_0 + sqrt(1-alpha_bar_t)*eps",
    "L_CD = d(f_theta(x, t), f_theta_minus(y, s))",
    "w1*x + b1 = 0.5*2",
    "ŷ = W_Q * x + b",
    "P(A | B)",
)
BLOCKS = ("InsightBlock", "WarningBlock (aside)", "TipBlock", "GradientCard (violet)")
PHASES = (
    "Orient — Student State",
    "Student State (Orient)",
    "Orient (Student State)",
    "Orient -- Student State",
    "Student State",
)
TITLES = ("# Lesson: {}", "# Lesson Plan: {}", "# Lesson 3: {}", "# Lesson Planning: {}")


class Writer:
    """Writes one plan, sentence by sentence."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, count: int) -> str:
        return " ".join(self.random.choices(WORDS, k=count))

    def sentence(self) -> str:
        text = self.words(self.random.randint(8, 18)).capitalize()
        if self.random.random() < 0.15:
            text += f" with {self.random.choice(FORMULAS)} as before"
        if self.random.random() < 0.1:
            text += f" -- {self.words(4)}"
        return text + "."

    def paragraph(self, sentences: int = 4) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def quoted(self) -> str:
        return f'"{self.paragraph(2)}"'

    def table(self, header: str, rows: list[list[str]]) -> str:
        columns = header.split(" | ")
        lines = [columns, ["---"] * len(columns), *rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


class Plan:
    """One lesson plan: number `lesson` of module `module`."""

    def __init__(self, module: int, lesson: int) -> None:
        self.module, self.lesson = module, lesson
        self.number = module * LESSONS + lesson
        self.write = Writer(self.number)
        self.slug = slug(module, lesson)

    def text(self) -> str:
        """Return the plan, its last review's notes filled up to the size that it shall have."""
        parts = [self.head(), self.orient(), self.analyze(), self.design(), self.outline()]
        closing = [self.checklists(), self.reviews()]
        if self.number % 9 == 0:
            closing.reverse()  # checklists after the reviews
        text = "\n".join([*parts, *closing]) + "\n### Review Notes\n"
        size = self.write.random.randint(SMALLEST, LARGEST)
        while len(text.encode()) < size:
            text += f"\n- **{self.write.words(3).capitalize()}:** {self.write.paragraph(5)}\n"
        return text

    def head(self) -> str:
        title = TITLES[self.number % len(TITLES)].format(self.slug.replace("-", " ").title())
        place = f"Lesson {self.lesson + 1} of {LESSONS} in module"
        return (
            f"{title}\n\n**Slug:** `{self.slug}`\n"
            f"**Module:** 1.{self.module + 1} (Part {self.module + 1}), **Position:** {place}\n"
            f"**Cognitive Load:** {('BUILD', 'STRETCH', 'CONSOLIDATE')[self.number % 3]} "
            f"(2 new concepts)\n\n---\n"
        )

    def concepts(self) -> list[tuple[str, str, str]]:
        """Return what earlier lessons taught: concept, depth, source."""
        found = []
        for back in range(1, 12):
            number = max(0, self.number - back)
            module, lesson = divmod(number, LESSONS)
            source = f"{slug(module, lesson)} (1.{module + 1}.{lesson + 1})"
            found.append((f"Concept {number}{'ab'[back % 2]}", DEPTHS[1 + back % 2], source))
        return found

    def orient(self) -> str:
        rows = [[*row, self.write.paragraph(2)] for row in self.concepts()]
        models = "".join(
            f'- **"{self.write.words(3)}"** -- {self.write.paragraph(2)}\n' for _ in range(8)
        )
        return (
            f"## Phase 1: {PHASES[self.number % len(PHASES)]}\n\n"
            f"{self.write.table('Concept | Depth | Source Lesson | Notes', rows)}\n"
            f"### Mental Models and Analogies Already Established\n\n{models}\n"
            f"### Readiness Assessment\n\n{self.write.paragraph(8)}\n\n---\n"
        )

    def analyze(self) -> str:
        rows = [
            [name, "INTRODUCED", depth, source, "OK", self.write.paragraph(2)]
            for name, depth, source in self.concepts()
        ]
        header = "Concept | Required Depth | Actual Depth | Source Lesson | Status | Reasoning"
        return (
            f"## Phase 2: Analyze\n\n### Target Concept\n\n{self.write.paragraph(4)}\n\n"
            f"### Prerequisites Table\n\n{self.write.table(header, rows)}\n"
            f"### Misconceptions Table\n\n{self.misconceptions()}\n"
            f"### Examples Planned\n\n{self.examples()}\n---\n"
        )

    def misconceptions(self) -> str:
        header = "Misconception | Why They'd Think This | "
        header += "Negative Example That Disproves It | Where to Address"
        rows = [
            [f'"{self.write.words(7)}"', self.write.paragraph(2), self.write.paragraph(2), "3"]
            for _ in range(5)
        ]
        return self.write.table(header, rows)

    def examples(self) -> str:
        kinds = ("Positive", "Positive (stretch)", "Negative", "Interactive positive")
        rows = [
            [self.write.words(8), kind, self.write.sentence(), self.write.paragraph(2)]
            for kind in kinds
        ]
        return self.write.table("Example | Type | Purpose | Why This Example", rows)

    def design(self) -> str:
        kinds = ("**Visual**", "**Symbolic**", "**Verbal/Analogy**", "**Concrete example**")
        rows = [[kind, self.write.paragraph(2), self.write.paragraph(1)] for kind in kinds]
        header = "Modality | What Specifically | Why This Modality for This Concept"
        names = (f"- Concept {self.number}{letter}: INTRODUCED" for letter in "ab")
        return (
            f"## Phase 3: Design\n\n### Narrative Arc\n\n{self.write.paragraph(14)}\n\n"
            f"### Modalities Planned\n\n{self.write.table(header, rows)}\n"
            f"### Scope Boundaries\n\n**This lesson IS about:**\n- {self.write.words(8)}\n\n"
            f"**This lesson is NOT about:**\n- {self.write.words(8)}\n\n"
            f"**Depth targets:**\n{chr(10).join(names)}\n\n### Lesson Outline\n"
        )

    def outline(self) -> str:
        """Write the sections in one of the three notations."""
        heading: Callable[[int, str], str] = (
            lambda n, title: f"#### {n}. {title}\n",
            lambda n, title: f"**{n}. {title}** (~2 min read)\n",
            lambda n, title: f"{n}. **{title}** — {self.write.words(6)}\n",
        )[self.number % 3]
        indent = "   " if self.number % 3 == 2 else ""
        sections = []
        for number, (title, body) in enumerate(self.sections(), 1):
            lines = [indent + line if line else "" for line in body.split("\n")]
            sections.append(heading(number, title) + "\n" + "\n".join(lines))
        return "\n".join(sections)

    def sections(self) -> Iterator[tuple[str, str]]:
        yield "Context + Constraints", f"- {self.write.quoted()}\n- {self.write.quoted()}\n"
        yield "Hook", f"Type: **Reveal**\n\n{self.write.quoted()}\n"
        for part in range(4):
            yield f"Explain: Part {part + 1}", self.explained()
            yield f"Check #{part + 1}", self.questions()
        yield "Practice (Notebook)", self.exercises()
        yield "Summarize", f"- {self.write.sentence()}\n- {self.write.sentence()}\n"

    def explained(self) -> str:
        blocks = [
            f"**Part A: {self.write.words(3)}**",
            self.write.quoted(),
            self.write.random.choice(FORMULAS),
            f'{self.write.random.choice(BLOCKS)}: "{self.write.words(4)}."',
            f"Address misconception #2: {self.write.quoted()}",
            self.write.paragraph(3),
            f"```python\nfor {self.write.words(1)} in range(3):\n    step()\n```",
            f"1. {self.write.sentence()}\n2. {self.write.sentence()}\n3. {self.write.sentence()}",
            f"Show the student {self.write.words(9)}.",
        ]
        return "\n\n".join(blocks) + "\n"

    def questions(self) -> str:
        forms = (" (Answer: {})", " Expected: {}", " ({})", "\n   - Answer: {}")
        form = forms[self.number % len(forms)]
        asked = (f'"{self.write.words(10).capitalize()}?"' for _ in "ab")
        answered = (text + form.format(self.write.paragraph(2)) for text in asked)
        lines = (f"{number}. {text}" for number, text in enumerate(answered, 1))
        return "Two predict-and-verify questions:\n" + "\n".join(lines) + "\n"

    def exercises(self) -> str:
        levels = ("Guided", "Guided", "Supported", "Independent")
        forms = (
            "**Exercise {n} ({level}): {title}**\n- {steps}\n",
            "- **Exercise {n} ({level}): {title}.** {steps}",
            "{n}. **({level}) {title}:** {steps}",
            "- Exercise {n} ({level}): {title}. {steps}",
        )
        form = forms[self.number % len(forms)]
        lines = (
            form.format(n=n, level=level, title=self.write.words(3), steps=self.write.paragraph(3))
            for n, level in enumerate(levels, 1)
        )
        return "\n".join(lines) + "\n"

    def checklists(self) -> str:
        items = "\n".join(f"- [x] {self.write.words(8)}" for _ in range(13))
        return f"\n## Checklists\n\n### Prerequisite Audit\n{items}\n"

    def reviews(self) -> str:
        return self.review(1, "NEEDS REVISION", 3) + self.review(2, "PASS", 0)

    def review(self, iteration: int, verdict: str, improvements: int) -> str:
        found = [
            f"{'####' if self.number % 2 else '###'} [{severity}] — {self.write.words(6)}\n\n"
            f"**Location:** {self.write.words(4)}\n**Issue:** {self.write.paragraph(3)}\n"
            f"**Student impact:** {self.write.paragraph(2)}\n"
            f"**Suggested fix:** {self.write.paragraph(2)}\n"
            for severity in ["IMPROVEMENT"] * improvements + ["POLISH"] * 2
        ]
        return (
            f"\n## Review — 2026-02-{10 + iteration} (Iteration {iteration}/3)\n\n### Summary\n"
            f"- Critical: 0\n- Improvement: {improvements}\n- Polish: 2\n\n"
            f"### Verdict: {verdict}\n\n{self.write.paragraph(4)}\n\n### Findings\n\n"
            + "\n".join(found)
        )


def slug(module: int, lesson: int) -> str:
    return f"part-{module + 1}-lesson-{lesson + 1}"


def module_plan(module: int) -> str:
    write = Writer(1000 + module)
    rows = [
        [slug(module, lesson), write.words(5), "BUILD", write.sentence()]
        for lesson in range(LESSONS)
    ]
    table = write.table("Lesson | Core Concept | Type | Rationale for Position", rows)
    goal = write.paragraph(3)
    return (
        f"# Module 1.{module + 1}: Part {module + 1} -- Plan\n\n**Status:** Planned\n\n"
        f"## Module Goal\n\n{goal}\n\n## Lesson Sequence with Rationale\n\n{table}"
    )


def write_course(folder: Path) -> list[Path]:
    """Write module plans and lesson plans; return the lesson plans' paths."""
    files = []
    for module in range(MODULES):
        home = folder / f"part-{module + 1}"
        home.mkdir(parents=True, exist_ok=True)
        (home / "module.md").write_text(module_plan(module), encoding="utf-8")
        for lesson in range(LESSONS):
            file = home / slug(module, lesson) / "plan.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(Plan(module, lesson).text(), encoding="utf-8")
            files.append(file)
    return files


def measured(paths: list[Path]) -> tuple[float, float]:
    """Lint in a process of its own; return wall-clock and processor seconds, start-up included."""
    before = getrusage(RUSAGE_CHILDREN)
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pipelines", "lint", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=False)
    wall = time.perf_counter() - begin
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    after = getrusage(RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def report(name: str, runs: list[tuple[float, float]]) -> None:
    wall, used = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{name}: {wall:.2f} s by the clock, {used:.2f} s of processor (median of {len(runs)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--measure", action="store_true")
    args = parser.parse_args()
    files = write_course(args.folder)
    sizes = [file.stat().st_size for file in files]
    print(f"{len(files)} plans, {min(sizes)} to {max(sizes)} bytes, {sum(sizes)} in all")
    if args.measure:
        report("one plan", [measured([files[n]]) for n in (5, 37, 51, 76, 98)])
        report("the whole course", [measured(files) for _ in range(3)])


if __name__ == "__main__":
    main()
