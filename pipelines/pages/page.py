"""The page that is being made: its sources, its places, what it has quoted, what went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from markupsafe import Markup

from pipelines.contracts.figure import Description
from pipelines.contracts.measurement import Fact
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Src
from pipelines.pages.mentions import Gathered, Uses
from pipelines.pages.places import Place, Places
from pipelines.pages.register import Quoted, Register
from pipelines.pages.sources import Sources
from pipelines.plan.inline import is_safe
from pipelines.plan.maths import MathError, mathml

BOXES = "boxes.js"  # what pages with boxes to scroll are nicer with
COPYING = "copy.js"  # what formulas and listings are nicer with


@dataclass
class Page:
    """One page of one plan.

    Attributes:
        scripts: What the page is nicer with, by their names in pipelines/templates/static.
        home: Put before links to places of the lesson: "" there, "index.html" elsewhere.
        root: Put before links to the module's other pages.
        lists: Put before links to rows of the lists of numbers: "" where they stand.
        section: Where texts say that something stands while it is set.
        gathered: The numbers of the block that is being set; None between blocks.
        apart: Figures whose numbers stand among the lists, by the anchor there.
        pictures: Figures that draw an experiment, by its name.
        here: The line that is being rendered, for problems of spans without one.
    """

    file: str
    sources: Sources
    places: Places
    register: Register
    home: str = ""
    lists: str = ""
    section: Place = Place("content", "the beginning")  # noqa: RUF009  a constant
    root: str = "../"
    gathered: Gathered | None = None
    uses: Uses = field(default_factory=Uses)
    apart: dict[str, tuple[Place, Description]] = field(default_factory=dict)
    pictures: dict[str, list[Place]] = field(default_factory=dict)
    here: Src | None = None
    scripts: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, code: str, message: str, remedy: str) -> None:
        """Keep a problem of this page."""
        self.problems.append(Problem(self.file, line, code, message, remedy))

    @property
    def line(self) -> int:
        """The line that is being set."""
        return self.here.line if self.here else 1

    @contextmanager
    def gathering(self, place: Place | None = None) -> Iterator[Gathered]:
        """Gather the numbers of a block; those of a block in it may be gathered apart."""
        around, self.gathered = self.gathered, Gathered(place)
        try:
            yield self.gathered
        finally:
            self.gathered = around

    def mention(
        self, source: Quoted | Fact, anchor: str, text: str, *, in_cell: bool = False
    ) -> None:
        """Gather a number as it is shown, if a block is being set."""
        if self.gathered is not None:
            self.gathered.add(source, anchor, text, in_cell)

    def numbers_apart(self, place: Place, figure: Description) -> str:
        """Keep that a figure's numbers stand among the lists; return their anchor there."""
        anchor = f"numbers-{place.anchor}"
        self.apart[anchor] = (place, figure)
        return anchor

    def missing(self, what: str, line: int, code: str, message: str, remedy: str) -> Markup:
        """Report something missing and mark its place: nothing is ever made up."""
        self.problem(line, code, message, remedy)
        mark = '<span class="missing" title="{}">missing: <code>{}</code></span>'
        return Markup(mark).format(message, what)

    def math(self, latex: str, *, display: bool = False) -> Markup:
        """Return MathML, or a mark with the problem where TeX cannot be set."""
        self.scripts.add(COPYING)
        try:
            return mathml(latex, display=display)
        except MathError as error:
            message = f"this TeX cannot be set: {error}"
            remedy = "mend the formula; docs/authoring.md says what is understood"
            return self.missing(latex, self.line, "ML403", message, remedy)


def safe_href(href: str) -> str | None:
    """Return a link's target if a reader may follow it: web, or within the site."""
    bare = "".join(letter for letter in href if letter > " ")  # browsers ignore these inside
    return bare if is_safe(bare) and "\\" not in bare else None


def new_page(file: str, sources: Sources, places: Places, lists: str = "") -> Page:
    """Return an empty page of a plan."""
    register = Register(sources.ledger, sources.references, places.anchors)
    return Page(file, sources, places, register, lists=lists)


def beside(page: Page, lists: str) -> Page:
    """Return an empty page of the same plan, whose places are those of the first."""
    made = Page(page.file, page.sources, page.places, page.register, "index.html", lists)
    made.apart = page.apart
    made.pictures = page.pictures
    return made
