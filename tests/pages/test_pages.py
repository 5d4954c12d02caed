"""The pages: every block has its partial, every link leads on, every number says where from."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from markupsafe import Markup
from page_samples import TYPES, a_plan, all_blocks, claim, full_plan, pages, parsed, sources, t

from pipelines.blocks.callout import Callout, CalloutKind
from pipelines.claims import parse
from pipelines.contracts.blocks import Paragraph, Unknown
from pipelines.contracts.references import Reference
from pipelines.contracts.spans import Src
from pipelines.pages.environment import TEMPLATES
from pipelines.pages.numbers import plain_number, short
from pipelines.pages.render import render_lesson
from pipelines.pages.verdicts import readable


def test_every_block_type_has_a_partial() -> None:
    names = {kind.type for kind in TYPES}
    partials = {file.name.removesuffix(".html.j2") for file in (TEMPLATES / "blocks").iterdir()}
    assert partials == names
    assert {type(block) for block in all_blocks()} | {Unknown} == set(TYPES)


@pytest.fixture(scope="module")
def full() -> list[str]:
    return pages(full_plan(), sources(strict=False))


def test_pages_are_valid_and_self_contained(full: list[str]) -> None:
    for page in full:
        tree = parsed(page)
        ids = Counter(node.get("id") for node in tree.iter() if node.get("id"))
        assert [name for name, count in ids.items() if count > 1] == []
        inner = {node.get("href")[1:] for node in tree.iter("a") if node.get("href")[0] == "#"}
        assert inner <= set(ids)
        scripts = [node.get("src") for node in tree.iter("script")]
        assert all(name and re.search(r"(^|/)static/[a-z]+\.js$", name) for name in scripts)
        requests = [
            node.get("src") or node.get("srcset")
            for tag in ("img", "source")
            for node in tree.iter(tag)
        ]
        requests += [node.get("href") for node in tree.iter("link")] + scripts
        assert not any(re.match(r"(?!data:image/)[a-z]+:|//", request) for request in requests)


def test_links_of_the_review_lead_to_the_page(full: list[str]) -> None:
    lesson, review, *_ = full
    ids = {node.get("id") for node in parsed(lesson).iter()}
    found = re.findall(r'href="index\.html#([^":]+)', review)
    assert "misbelief-1" in found
    assert set(found) <= ids
    assert review.count("MISSING on the page") == 1  # the second misconception


def test_notes_to_the_builder_are_on_the_review_page_only(full: list[str]) -> None:
    lesson, review, *_ = full
    assert "Secret of the builder" not in lesson
    assert "Secret of the builder" in review
    assert "raw text" in lesson  # what is not understood is shown


def test_verdicts_are_words_and_signs(full: list[str]) -> None:
    verdicts = [
        "".join(n.itertext())
        for n in parsed(full[0]).iter("span")
        if "verdict" in (n.get("class") or "").split()
    ]
    assert verdicts == ["✓ Holds", "✓ Holds", "✗ Does not hold"]


def test_a_contradicted_claim_is_shown_as_such() -> None:
    page = render_lesson(a_plan(claim("1 > 2")), sources())
    assert "Not as the text says" in page


def test_a_policy_forbids_requests_and_scripts_of_others(full: list[str]) -> None:
    plain = render_lesson(a_plan(), sources())
    for page in (*full, plain):
        tree = parsed(page)
        policy = next(n for n in tree.iter("meta") if n.get("http-equiv")).get("content")
        assert "default-src 'none'" in policy
        assert ("script-src 'self' file:;" in policy) == bool(list(tree.iter("script")))
        assert "script-src" not in policy.replace("script-src 'self' file:;", "")
    assert "<script" not in plain


def test_asides_stand_before_what_they_follow_and_after_it_on_phones() -> None:
    source = Src(file="plan.md", line=1, end=1)
    text = Paragraph(src=source, spans=t("Host."))
    aside = Callout(src=source, kind=CalloutKind.TIP, aside=True, nodes=(text,))
    page = render_lesson(a_plan(text, aside), sources())
    abreast = next(n for n in parsed(page).iter("div") if n.get("class") == "abreast")
    assert [child.tag for child in abreast] == ["aside", "p"]


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("1 - (2 - 3) < 4", "1 − (2 − 3) < 4"),
        ("(1 + 2) * 3 >= 4 / 5 / 6", "(1 + 2) × 3 ≥ 4 / 5 / 6"),
        ("not (1 < 2 or 3 == 4)", "not (1 < 2 or 3 = 4)"),
        ("max(abs(-1), 2) > 1", "max(|−1|, 2) > 1"),
        ("1 < 2 < 3", "1 < 2 and 2 < 3"),
    ],
)
def test_checks_read_like_mathematics(check: str, text: str) -> None:
    made = readable(parse(check), lambda leaf: Markup(f"{leaf.number:g}"))
    assert made.striptags() == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.7, "8.7"),
        (859520964, "859 520 964"),
        (-0.5, "−0.5"),
        (3.9e-05, "0.000039"),
        (1e-12, "1e-12"),
        (2024, "2024"),
    ],
)
def test_cited_numbers_keep_all_digits(value: float, text: str) -> None:
    assert plain_number(value).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("authors", "text"),
    [
        (("Yang Song", "Prafulla Dhariwal"), "Song and Dhariwal, 2023"),
        (("Song, Yang", "B", "C"), "Song et al., 2023"),
        (("Junsong Chen", "others"), "Chen et al., 2023"),
        ((), "Title, 2023"),
    ],
)
def test_works_are_cited_by_author_and_year(authors: tuple[str, ...], text: str) -> None:
    assert short(Reference(key="k", authors=authors, title="Title", year="2023"), {}) == text


def test_works_of_one_name_and_year_are_told_apart() -> None:
    works = {
        key: Reference(key=key, authors=(author, "B. B", "C. C"), title=key, year="2021")
        for key, author in {"ddim": "Jiaming Song", "score": "Yang Song", "dpm": "A. Lu"}.items()
    }
    assert short(works["ddim"], works) == "Song et al., 2021a"
    assert short(works["score"], works) == "Song et al., 2021b"
    assert short(works["dpm"], works) == "Lu et al., 2021"
