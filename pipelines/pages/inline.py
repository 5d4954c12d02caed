"""Spans → HTML: text, emphasis, mathematics, links, and the roles that quote numbers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.contracts.names import title_from_slug
from pipelines.contracts.spans import (
    Break,
    CodeSpan,
    Emphasis,
    Link,
    Math,
    Role,
    Span,
    Spans,
    Strong,
    Text,
)
from pipelines.pages import numbers
from pipelines.pages.page import Page, safe_href
from pipelines.plan.vocabulary import read_references

_LAST_WORD = re.compile(r"(\w+)\s+$")
_ANCHOR = re.compile(r"</?a\b[^<>]*>")  # attributes are escaped: they hold no brackets


@dataclass(frozen=True)
class Inline:
    """Sets the spans of one page."""

    page: Page

    def spans(self, spans: Spans) -> Markup:
        """Set spans one after the other; a name does not repeat the word that leads to it."""
        before = ("", *(span.text if isinstance(span, Text) else "" for span in spans))
        return Markup("").join(map(self.span, spans, before))

    def span(self, span: Span, before: str = "") -> Markup:
        """Set one span; `before` is the text that leads to it."""
        match span:
            case Text():
                return escape(span.text)
            case Strong():
                return Markup("<strong>{}</strong>").format(self.spans(span.spans))
            case Emphasis():
                return Markup("<em>{}</em>").format(self.spans(span.spans))
            case CodeSpan():
                return Markup("<code>{}</code>").format(span.text)
            case Math():
                return self.page.math(span.latex)
            case Break():
                return Markup("<br>")
            case Link():
                return self.link(span)
        return self.role(span, before)

    def link(self, link: Link) -> Markup:
        """Set a link, or only its text where a reader must not be sent."""
        text = unlinked(self.spans(link.spans))
        href = safe_href(link.href)
        if href is None:
            message = f"`{link.href}` is no address that a page may link to"
            remedy = "use https: or a path within the site"
            return text + self.page.missing("link", self.page.line, "ML405", message, remedy)
        return Markup('<a href="{}">{}</a>').format(href, text)

    def role(self, role: Role, before: str = "") -> Markup:
        """Set a role, or report one that is unknown."""
        known: dict[str, Callable[[Role], Markup]] = {
            "value": lambda r: numbers.measured(self.page, r.target, r.format, r.line),
            "fact": lambda r: numbers.cited(self.page, r.target, r.format, r.line),
            "cite": self.cite,
            "given": lambda r: Markup('<span class="given">{}</span>').format(r.target),
            "lesson": lambda r: self.lesson_link(r, before),
            "ref": lambda r: self.ref(r, before),
            "freed": lambda r: escape(r.target),
            "omitted": lambda r: Markup("<em>left out: {}</em>").format(r.target),
            "term": lambda r: Markup("<dfn>{}</dfn>").format(r.target),
        }
        if role.name in known:
            return known[role.name](role)
        return self.page.missing(
            f"{{{role.name}}}`{role.target}`",
            role.line,
            "ML306",
            f"unknown role `{role.name}`",
            f"the roles are {', '.join(known)}",
        )

    def cite(self, role: Role) -> Markup:
        """Return a link to a work, which is then listed at the end of the page."""
        work = self.page.sources.references.get(role.target)
        if work is None:
            message = f"`{role.target}` is no reference"
            remedy = "add it to references.bib"
            return self.page.missing(role.target, role.line, "ML305", message, remedy)
        anchor = self.page.register.cite(role.target)
        made = Markup('<cite class="work">(<a href="#{}" title="{}">{}</a>)</cite>')
        return made.format(anchor, work.title, numbers.short(work, self.page.sources.references))

    def lesson_link(self, role: Role, before: str) -> Markup:
        """Link a lesson of this module; name any other, with its number if it is given."""
        slug, number = lesson_of(role.target)
        known = self.page.sources.module.lesson(slug)
        title = known.title if known else title_from_slug(slug)
        name = Markup("<i>{}</i>").format(_unsaid(title, before))
        if known and known.exists:
            return Markup('<a class="lesson" href="{}{}/index.html">{}</a>').format(
                self.page.root, slug, name
            )
        note = Markup('<span class="lesson-number"> ({})</span>').format(number)
        return Markup('<span class="lesson">{}{}</span>').format(name, note if number else "")

    def ref(self, role: Role, before: str) -> Markup:
        """Return a link to a figure, table, claim or formula of the page."""
        place = self.page.places.by_name.get(role.target)
        if place is None:
            message = f"nothing on this page is called `{role.target}`"
            remedy = "give the thing this id"
            return self.page.missing(role.target, role.line, "ML307", message, remedy)
        made = Markup('<a class="ref" href="{}#{}">{}</a>')
        return made.format(self.page.home, place.anchor, _unsaid(place.label, before))


def lesson_of(target: str) -> tuple[str, str]:
    """Split `flow-matching (7.2.2)` into slug and number."""
    found = read_references(target)
    return (found[0].slug or target, found[0].number) if found else (target, "")


def _unsaid(name: str, before: str) -> str:
    """Return a name without its first word where the text before it ends with that word."""
    first, _, rest = name.partition(" ")
    said = _LAST_WORD.search(before)
    return rest if rest and said and said[1].lower() == first.lower() else name


def unlinked(html: Markup) -> Markup:
    """Return a page's own HTML without its links, for places that are links themselves."""
    return Markup(_ANCHOR.sub("", html))
