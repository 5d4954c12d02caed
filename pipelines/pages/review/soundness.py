"""The lesson's pages as HTML: anchors that are twice there, links that lead nowhere, lost tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipelines.pages.review.page_map import PageMap


@dataclass(frozen=True)
class Fault:
    """What is wrong on a page."""

    page: str
    what: str


def faults(maps: Mapping[str, PageMap], listed: Collection[str]) -> list[Fault]:
    """Return what is wrong with pages that lie side by side, by name.

    Args:
        listed: Anchors of the page of numbers, which is made after all others.
    """
    return [one for name, page in maps.items() for one in _faults(name, page, maps, listed)]


def _faults(
    name: str, page: PageMap, maps: Mapping[str, PageMap], listed: Collection[str]
) -> Iterator[Fault]:
    for anchor, count in Counter(page.ids).items():
        if count > 1:
            yield Fault(name, f"{count} elements are called #{anchor}")
    for tag in page.unbalanced:
        yield Fault(name, f"{tag} has no counterpart")
    for source in page.without_alt:
        yield Fault(name, f"the picture {source} says nothing in words")
    for href in dict.fromkeys(page.hrefs):
        if not _leads(href, name, maps, listed):
            yield Fault(name, f"the link {href} leads nowhere")


def _leads(href: str, name: str, maps: Mapping[str, PageMap], listed: Collection[str]) -> bool:
    target, _, anchor = href.partition(":~:")[0].partition("#")  # words to find stand behind it
    page = target.removesuffix(".html") if target else name
    if not anchor or ":" in target or "/" in target:
        return True  # other sites, other lessons and files: the site's own tests follow these
    if page in maps:
        return anchor in maps[page].ids
    return page != "numbers" or anchor in listed
