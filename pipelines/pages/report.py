"""What a lesson gives to Snakemake's report: captions, and its measured tables, each by itself."""

from markupsafe import Markup

from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Voice
from pipelines.module.requests import page_blocks
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.environment import STYLE, environment, filled
from pipelines.pages.inline import unlinked
from pipelines.pages.page import new_page
from pipelines.pages.places import find_places
from pipelines.pages.sources import Sources


def report_files(plan: LessonPlan, sources: Sources) -> dict[str, str]:
    """Return file names and texts, HTML without links.

    `<id>.caption.html` is the caption of a figure or table, as the page has it; `<id>.table.html`
    is a page with a table and nothing else.
    """
    page = new_page(plan.file, sources, find_places(plan))
    setter = BlockSetter(page, environment(), frozenset(Voice))
    style = Markup(STYLE.read_text(encoding="utf-8"))
    files = {}
    for block in walk(page_blocks(plan)):
        if isinstance(block, FigureRequest | TableRequest):
            files[f"{block.id}.caption.html"] = (
                f"<p>{unlinked(setter.inline.spans(block.caption))}</p>\n"
            )
        if isinstance(block, TableRequest):
            table = unlinked(setter.blocks((block,)))
            files[f"{block.id}.table.html"] = filled(
                "report_table.html.j2",
                title=page.places.of(block).label,
                style=style,
                table=table,
            )
    return files
