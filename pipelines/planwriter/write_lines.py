"""What lies at the bottom of a written plan: lines of text, tables, code, formulas, directives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.contracts.blocks import Code, Formula, Paragraph, Rule, Subheading, Table, Unknown
from pipelines.contracts.spans import Spans
from pipelines.plan.markdown import is_one_paragraph
from pipelines.planwriter.write_spans import write_spans

Lines = list[str]
_LEADING_NUMBER = re.compile(r"(\d{1,9})([.)])")
_COLONS = re.compile(r" *(:{3,})")


def joined(parts: Iterable[Lines]) -> Lines:
    lines: Lines = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines


def write_inline(spans: Spans) -> str:
    """Write spans for a place that is one line: a title, a heading, a cell."""
    return " ".join(write_spans(spans).replace("\\\n", " ").split("\n")).strip()


def write_paragraph(block: Paragraph) -> Lines:
    return paragraph(block.spans)


def paragraph(spans: Spans) -> Lines:
    text = write_spans(spans)
    if text and not is_one_paragraph(text):
        text = _LEADING_NUMBER.sub(r"\1\\\2", text, count=1) if text[0].isdigit() else "\\" + text
    return text.split("\n") if text else []


def write_subheading(block: Subheading) -> Lines:
    return [f"##### {write_inline(block.spans)}"]


def marked(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]


def write_plain_table(block: Table) -> Lines:
    return write_table(block.columns, block.rows)


def write_table(columns: Sequence[Spans], rows: Sequence[Sequence[Spans]]) -> Lines:
    return [_row(columns), "|" + "---|" * len(columns), *map(_row, rows)]


def _row(cells: Sequence[Spans]) -> str:
    texts = (write_inline(cell).replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {text} |" if text else " |" for text in texts)


def write_code(block: Code) -> Lines:
    runs = re.findall(r"`{3,}", block.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    lines = block.text.removesuffix("\n").split("\n") if block.text else []
    return [fence + block.language, *lines, fence]


def write_formula(block: Formula) -> Lines:
    label = f" ({block.label})" if block.label else ""
    return ["$$", *block.latex.split("\n"), f"$${label}"]


def write_rule(block: Rule) -> Lines:
    return ["***"]


def write_unknown(block: Unknown) -> Lines:
    return block.raw.split("\n")


def directive(name: str, title: Spans | str, options: dict[str, str], body: Lines) -> Lines:
    """Write a directive with one colon more than any that it holds."""
    most = max((len(m[1]) for line in body if (m := _COLONS.match(line))), default=2)
    colons = ":" * (most + 1)
    written = title if isinstance(title, str) else write_inline(title)
    head = f"{colons}{{{name}}} {written}".rstrip()
    settings = [f":{key}: {value}".rstrip() for key, value in options.items()]
    gap = [""] if body and body[0].startswith(":") and not _COLONS.match(body[0]) else []
    return [head, *settings, *gap, *body, colons]
