"""What the exact reader asks for where a plan was written by hand."""

from pipelines.handwritten.afterwards import read_afterwards, read_findings
from pipelines.handwritten.dialect import read_dialect
from pipelines.handwritten.entries import read_rows
from pipelines.handwritten.inline import spans_and_guesses
from pipelines.handwritten.outline_forms import outline_drafts, with_kept_sections, with_parts
from pipelines.plan.reading import Importer

HANDWRITTEN = Importer(
    spans=spans_and_guesses,
    content=read_dialect,
    sections=outline_drafts,
    parts=with_parts,
    revised=with_kept_sections,
    rows=read_rows,
    afterwards=read_afterwards,
    findings=read_findings,
)
