"""Headings within a section of the outline that are unlike others."""

from pipelines.contracts.blocks import Subheading
from pipelines.contracts.spans import Src
from pipelines.plan.outline import subsections


def test_a_subheading_without_words_has_no_title() -> None:
    head = Subheading(src=Src(file="plan.md", line=3, end=3), spans=(), slug="section")
    (one,) = subsections((head,))
    assert one.title == () and one.label == "" and one.slug == "section"
