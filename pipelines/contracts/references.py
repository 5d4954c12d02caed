"""A work that the pages cite: one entry of references.bib."""

from pipelines.contracts.files import Strict


class Reference(Strict):
    """Who, what, when and where to find it.

    Attributes:
        authors: As printed, "Yang Song", in order.
        venue: Journal, proceedings or publisher.
        arxiv: Identifier, "2303.01469".
        line: Of the entry in its file.
    """

    key: str
    authors: tuple[str, ...]
    title: str
    year: str = ""
    venue: str = ""
    url: str = ""
    arxiv: str = ""
    doi: str = ""
    line: int = 0


class Term(Strict):
    """A term of the module's glossary: one entry of glossary.yaml.

    Attributes:
        lesson: The lesson that introduces it, as plans write it, `a-slug` or `a-slug (6.4.2)`.
        source: A key of references.bib, or nothing.
    """

    term: str
    meaning: str
    lesson: str
    source: str = ""
    line: int = 0
