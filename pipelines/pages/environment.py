"""The templates: everything escaped, nothing undefined."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.contracts.controls import without_controls
from pipelines.contracts.files import TEMPLATES
from pipelines.contracts.keys import MeasurementKey, SystemKey
from pipelines.pages.claims_table import gist
from pipelines.pages.evidence import evidence_of
from pipelines.pages.inline import unlinked
from pipelines.pages.naming import metric_title, system_words
from pipelines.pages.numbers import authors, error_of, plain_number, seen, short, td, unit_of, year
from pipelines.pages.page import safe_href
from pipelines.pages.places import anchor_link
from pipelines.pages.timing_mask import MARK

STATIC = TEMPLATES / "static"
STYLE = STATIC / "lessons.css"


@cache
def environment() -> Environment:
    """Return what fills templates, with the filters that they use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "anchor": anchor_link,
        "authors": authors,
        "error_of": error_of,
        "evidence": lambda rows, page: evidence_of(page, rows),
        "gist": gist,
        "metric_title": lambda key: metric_title(MeasurementKey.parse(key).metric),
        "seen": seen,
        "short": short,
        "system_words": lambda system, sources: system_words(sources, SystemKey.parse(system)),
        "td": td,
        "unit_of": unit_of,
        "unlinked": unlinked,
        "year": year,
    }
    made.filters |= {"safe_href": safe_href, "plain_number": plain_number}
    made.globals |= {"MARK": MARK}
    return made


def filled(template: str, **parts: Any) -> str:
    """Return a whole page: what its template makes, and no character that is not shown."""
    return without_controls(environment().get_template(template).render(**parts))
