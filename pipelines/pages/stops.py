"""Which links of a section the tabulator stops at: not those that repeat another one there."""

import re

from markupsafe import Markup

_TAG = re.compile(r"<(/?)(details|a)\b([^<>]*)>")  # attributes are escaped: they hold no brackets
_HREF = re.compile(r' href="([^"]*)"')


def once(html: Markup) -> Markup:
    """Return a section in which the second link to a place is followed by the mouse alone.

    What is folded says all for itself: its links count for nothing outside, and stay as they are.
    """
    seen = set[str]()
    folds = 0

    def unstopped(tag: re.Match[str]) -> str:
        nonlocal folds
        closing, name, attributes = tag.groups()
        if name == "details":
            folds += -1 if closing else 1
        href = _HREF.search(attributes)
        if name != "a" or folds or not href or " tabindex=" in attributes:
            return tag[0]
        if href[1] in seen:
            return f'<a{attributes} tabindex="-1">'
        seen.add(href[1])
        return tag[0]

    return Markup(_TAG.sub(unstopped, html))
