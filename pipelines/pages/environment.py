"""The templates: everything escaped, nothing undefined."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.contracts.files import TEMPLATES
from pipelines.pages.claims_table import gist
from pipelines.pages.inline import unlinked
from pipelines.pages.numbers import about, authors, error_of, plain_number, short, unit_of, year
from pipelines.pages.page import safe_href
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
        "about": about,
        "authors": authors,
        "error_of": error_of,
        "gist": gist,
        "short": short,
        "unit_of": unit_of,
        "unlinked": unlinked,
        "year": year,
    }
    made.filters |= {"safe_href": safe_href, "plain_number": plain_number}
    made.globals |= {"MARK": MARK}
    return made
