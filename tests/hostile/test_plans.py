"""Plans that were written to hurt: each is read, and each problem named, in little time.

Every case is what an author could hand in. Nothing may end in a traceback or a signal, take more
than the seconds and bytes of `attack`, or leave a page that does anything.
"""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest
from attack import attacked
from hostile_texts import HEAD, TEXTS

from pipelines.contracts.controls import CONTROLS

VOICES = {"exact": "**Voice:** explicit\n", "by hand": ""}

CHECK = ":::{{claim}} a\n:check: {}\nA.\n:::\n"

# name → what stands in the outline
STRUCTURES: dict[str, str] = {
    "900 emphases that are never closed": "*a _b " * 450,
    "bold print 400 deep": "**a _b " * 400,
    "2,000 open brackets": "[" * 2000 + "x" + "](y)" * 2000,
    "2,000 quotations in each other": "> " * 2000 + "x",
    "300 lists on one line": "- " * 300 + "x",
    "lists 200 deep": "".join("  " * n + "- a\n" for n in range(200)),
    "directives in items, 120 deep": "".join("  " * n + "- :::{insight} t\n" for n in range(120)),
    "directives as deep as colons go": "".join(":" * n + "{note}\n" for n in range(12, 2, -1)),
    "1,000 directives that are never closed": ":::{note}\n" * 1000,
    "3,000 lines that close nothing": ":::\n" * 3000,
    "a line of 200,000 letters": "a" * 200_000,
    "a line of 100,000 dollars": "$" * 100_000,
    "20,000 backticks": "`" * 20_000,
    "a table of 1,000 columns": "|a" * 1000 + "|\n" + "|-" * 1000 + "|\n" + "|b" * 5000 + "|\n",
    "a table of bars": "| a | b |\n|---|---|\n" + "|" * 20_000 + "\n",
    "2,500 numbers in a paragraph": "".join(f"value {n}.5 here\n" for n in range(2500)),
    "2,000 numbers that are escaped": "".join(f"value {n}\\.5 here\n" for n in range(2000)),
    "2,000 footnotes": "".join(f"[^{n}]: x[^{n + 1}]\n" for n in range(2000)),
    "2,000 link definitions": "".join(f"[a{n}]: https://a.b/{n}\n" for n in range(2000)),
    "500 unknown roles": "".join(f"{{value}}`a{n}/b@1/c` " for n in range(500)),
    "a check of 5,000 brackets": CHECK.format("(" * 5000 + "1" + ")" * 5000),
    "a check of a number without end": CHECK.format("1e999 < " + "9" * 9000),
    "5,000 digits for a number": "**Exercise {n} (Guided): A**\n\n{n}. a\n\nSee lesson {n} of {n},"
    " `x (1.2.{n})`, exercise {n}.\n".replace("{n}", "9" * 5000),
    "a fence of one long line": "```js\n" + "<$`#\"/*({[" * 6000 + "\n```\n",
    "fences in languages": "".join(f"```{one}\n{'<!--' * 1400}\n```\n" for one in ("html", "php")),
    "a formula 7,000 deep": "$" + "x^{" * 7000 + "}" * 7000 + "$",
    "50,000 roots": "$" + r"\sqrt" * 50_000 + " x$",
    "a command that says much": r"$\newcommand{\qa}{" + "x" * 1500 + "}" + r"\qa " * 600 + "$",
    "2,000 accents on one letter": "a" + "\u0301" * 2000,
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
def test_no_structure_takes_a_plan_down(name: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    for voice, verb in (("exact", "render"), ("by hand", "lint"), ("by hand", "format")):
        plan.write_text(HEAD.format(voice=VOICES[voice]) + STRUCTURES[name], encoding="utf-8")
        more = ["--out", tmp_path / "out", "--build", tmp_path] if verb == "render" else []
        outcome = attacked(verb, plan, *more, log=tmp_path / "log")
        assert outcome.sound, outcome


HEADS: dict[str, str] = {
    "a position": "# Lesson: A\n\n**Position:** Lesson {n} of {n}\n",
    "a title": "# Lesson {n}.{n}: A (Module {n}.{n}, Lesson {n})\n",
    "a module": "# Module {n}.{n}, Lesson {n}: A\n\n**Module:** {n}.{n} (B)\n",
    "a review": "# Lesson: A\n\n## Review — 2026-01-01 (Iteration {n}/{n})\n\n- Critical: {n}\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_numbers_that_no_integer_holds(name: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    rest = (
        "\n## Phase 1: Orient\n\n## Phase 3: Design\n\n### Lesson Outline\n\n#### 1. Hook\n\nA.\n"
    )
    plan.write_text(HEADS[name].replace("{n}", "9" * 5000) + rest, encoding="utf-8")
    for verb in ("lint", "parse", "format"):
        outcome = attacked(verb, plan, log=tmp_path / "log")
        assert outcome.sound, outcome


# --- what would run, or lead away, on a page -----------------------------------------------------

ODD = {
    "characters that nobody sees": "a\0b\x1b[31mc\x07d\x9be\u202ef\u2066g\ufffeh\n",
    "code that is turned round": "```python\nif a: \u202e# \u2066return\n```\n",
}


def safe(page: str) -> bool:
    """Whether a page has no script but ours, and nothing else that runs or leads elsewhere."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    ours = r"(\.\./)?static/[a-z]+\.js"
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        attributes = {key: value for key, value in node.attrib.items() if isinstance(key, str)}
        if node.tag == "script" and not re.fullmatch(ours, attributes.get("src", "")):
            return False
        if node.tag in ("iframe", "object", "embed", "base", "animate"):
            return False
        if node.tag == "form" and attributes.keys() & {"action", "method", "target"}:
            return False  # ours are for scripts alone
        if any(key.lower().startswith("on") for key in attributes):
            return False
        for key in ("href", "src", "srcset"):
            if re.match(r"(?i)\s*(?:(?:java|vb)script:|data:text|//)", attributes.get(key, "")):
                return False
    return True


@pytest.mark.parametrize("name", [*TEXTS, *ODD])
def test_no_text_becomes_a_script(name: str, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.md", tmp_path / "out"
    text = (TEXTS | ODD)[name]
    plan.write_text(HEAD.format(voice=VOICES["exact"]) + text, encoding="utf-8")
    outcome = attacked("render", plan, "--out", out, "--build", tmp_path, log=tmp_path / "log")
    assert outcome.status == 0 and outcome.sound, outcome
    pages = {file.stem: file.read_text(encoding="utf-8") for file in out.rglob("*.html")}
    assert pages["index"] and all(map(safe, pages.values()))
    assert not any(map(CONTROLS.search, pages.values()))
    assert "known.org@" not in re.sub(r"<code>.*?</code>|>[^<]*<", "", pages["index"])
    assert "49" not in pages["index"] or name != "templates of a server"


def test_what_nobody_sees_is_named(tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text(HEAD.format(voice="") + ODD["characters that nobody sees"], encoding="utf-8")
    outcome = attacked("lint", plan, log=tmp_path / "log")
    assert "ML202: the character U+0000" in outcome.told and "\x1b" not in outcome.told


DEEP = ("**a _b " * 40 + "c_** " * 40, "".join("  " * n + "- :::{note}\n" for n in range(99)))


@pytest.mark.parametrize("text", DEEP, ids=["marks", "blocks"])
def test_what_is_too_deep_is_named_and_kept(text: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text(HEAD.format(voice=VOICES["exact"]) + text, encoding="utf-8")
    assert "ML215" in attacked("lint", plan, log=tmp_path / "log").told
    summary = attacked("parse", plan, "--summary", log=tmp_path / "log").told
    assert '"lost": 0' in summary
