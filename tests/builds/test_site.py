"""The pages of a default build as they lie on the disk: valid, whole, light, with all systems."""

import os
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest
from checkout import ROOT
from markupsafe import Markup
from numbers_of_pages import dead_ends, nodes, tab_stops, unexplained

from pipelines.contracts.figure import FORM_NAMES, TALLEST
from pipelines.contracts.measurement import load_ledger
from pipelines.figures.style import pixels
from pipelines.pages.opening import minutes_to_read
from pipelines.pages.timing_mask import blank_timings

BUILD = Path(os.environ.get("MEASURED_LESSONS_BUILD", ROOT / "build"))
SITE = BUILD / "site"

if "MEASURED_LESSONS_BUILD" not in os.environ and not (BUILD / "manifest.json").is_file():
    pytest.skip("no default build here: make site", allow_module_level=True)

PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
LESSONS = ("consistency-models", "latent-consistency-and-turbo", "the-speed-landscape")
LIGHT = 1.5e6  # bytes of a lesson, with its pictures
MOST_NODES, MOST_STOPS = 7000, 290  # elements of a lesson's page, and what the tabulator stops at

# What the course speaks of → a system that this build measures, the beginning of its key.
SYSTEMS = {
    "DDPM": "grid-ddpm/ddpm@50",
    "DDIM": "grid-ddpm/ddim@50",
    "Euler": "grid-edm/euler@10",
    "DPM-Solver++": "grid-edm/dpmpp_2m@10",
    "EDM with Heun": "grid-edm/heun@100",
    "flow matching": "grid-flow/flow_euler@10",
    "rectified flow": "grid-reflow/flow_euler@1",
    "consistency training": "grid-ct/consistency@1",
    "improved consistency training": "grid-ict/consistency@1",
    "consistency distillation": "grid-cd/consistency@1",
    "multi-step consistency": "grid-multistep/euler@4",
    "LCM": "lcm/lcm@4,w=4",
    "LCM-LoRA": "lcm-lora/lcm@4,w=1",
    "style LoRA with LCM-LoRA": "lcm-with-pencil/lcm@4,w=1",
    "GAN": "grid-gan/generate@1",
    "ADD": "add/lcm@1,w=1",
    "progressive adversarial": "progressive/ddim@1,w=1,trailing",
    "preview, then refine": "preview-then-refine/ddim@20,w=5,leading",
    "one-step digits": "digits-cd/consistency@1",
}


@cache
def tree(page: str) -> ET.Element:
    """Parse a page strictly: any error of the HTML is an exception."""
    text = (SITE / page).read_text(encoding="utf-8")
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


@cache
def ids(page: str) -> set[str]:
    return {node.get("id") for node in tree(page).iter() if node.get("id")}


def test_there_is_a_page_for_everything():
    assert {"index.html", "the-speed-landscape/index.html", "laboratory/review.html"} <= {*PAGES}
    assert {f"{lesson}/short.html" for lesson in LESSONS} <= {*PAGES}
    assert len(PAGES) >= 13


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_given_once(page):
    counted = Counter(node.get("id") for node in tree(page).iter() if node.get("id"))
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for node in tree(page).iter("a"):
        link = urlsplit(node.get("href", ""))
        if link.scheme in ("http", "https"):
            continue
        assert not link.scheme, node.get("href")
        path = (SITE / page).parent / unquote(link.path) if link.path else SITE / page
        target = path.resolve().relative_to(SITE.resolve()).as_posix()
        assert (SITE / target).is_file(), f"{page}: {node.get('href')}"
        anchor = unquote(link.fragment).partition(":~:")[0]  # words to find stand behind it
        if anchor:
            assert anchor in ids(target), f"{page}: {node.get('href')}"


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_asked_of_other_hosts(page):
    asked = [node.get("href") for node in tree(page).iter("link")]
    asked += [node.get("src") for tag in ("img", "script") for node in tree(page).iter(tag)]
    asked += [node.get("srcset") for node in tree(page).iter("source")]
    own = [name for name in asked if name and not name.startswith("data:image/")]
    assert all((SITE / page).parent.joinpath(name).is_file() for name in own), own


@pytest.mark.parametrize("page", [f"{lesson}/index.html" for lesson in (*LESSONS, "laboratory")])
def test_figures_can_be_taken_along_and_the_first_is_the_preview(page):
    folder = (SITE / page).parent
    links = [node for node in tree(page).iter("a") if node.get("download") is not None]
    names = [node.get("href") for node in links]
    assert all((folder / name).is_file() for name in names), names
    tables = [name for name in names if name.endswith(".csv")]
    assert len(tables) == sum(1 for _ in folder.glob("figures/*.csv")) > 0
    (preview,) = (n for n in tree(page).iter("meta") if n.get("property") == "og:image")
    assert preview.get("content") == tables[0].replace(".csv", ".png")
    assert (folder / preview.get("content")).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("lesson", (*LESSONS, "laboratory"))
def test_teachers_get_answers_and_slides_of_all_that_a_lesson_has(lesson):
    page, answers, slides = (f"{lesson}/{name}.html" for name in ("index", "answers", "slides"))
    for kind, other in (("question-", answers), ("exercise-", answers), ("figure-", slides)):
        wanted = {name for name in ids(page) if name.startswith(kind)}
        assert wanted <= ids(other), other
    assert any(name.startswith("figure-") for name in ids(slides))


@pytest.mark.parametrize("page", PAGES)
def test_headings_go_down_one_level_at_a_time(page):
    levels = [
        int(node.tag[1]) for node in tree(page).iter() if re.fullmatch("h[1-6]", str(node.tag))
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("page", PAGES)
def test_heads_of_rows_and_columns_have_words(page):
    """A screen reader takes no formula for a name."""
    heads = list(tree(page).iter("th"))
    formulas = {id(node) for head in heads for math in head.iter("math") for node in math.iter()}
    for head in heads:
        said = [node.text or "" for node in head.iter() if id(node) not in formulas]
        said += [node.tail or "" for node in head.iter() if node is not head]
        assert any(re.search(r"\w", text) for text in said), ET.tostring(head, "unicode")


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith("/index.html")])
def test_figures_say_in_words_and_numbers_what_they_show(page):
    for figure in tree(page).iter("figure"):
        for image in figure.iter("img"):
            assert len(image.get("alt", "")) > 40
            if image.get("src", "").startswith("data:"):
                continue  # what a program saved: its listing stands beside it
            assert numbers_behind(page, figure) is not None, image.get("alt")


def numbers_behind(page, figure):
    """The table in a figure's details, or, where it is long, on the page of numbers."""
    apart = [link.get("href") for link in figure.iter("a") if "#numbers-" in link.get("href", "")]
    if not apart:
        return figure.find(".//table")
    (file, _, anchor) = apart[0].partition("#")
    below = iter(tree(str(Path(page).parent / file)).iter())
    assert any(node.get("id") == anchor for node in below)
    return next((node for node in below if node.tag == "table"), None)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_light(lesson):
    """Text, style, script, and the pictures in the one form that a reader loads: the heaviest."""
    folder = SITE / lesson
    forms = [set(folder.rglob(f"*.{form}.svg")) for form in FORM_NAMES]
    assert len({len(files) for files in forms}) == 1
    drawn = max(weight(files) for files in forms)
    asked_for = (
        ".html",
        ".png",
        ".csv",
        ".zip",
    )  # other pages, and what is loaded by a click alone
    files = {
        file
        for file in folder.rglob("*")
        if file.is_file() and "exercises" not in file.relative_to(folder).parts
    }
    rest = {file for file in files if file.suffix not in asked_for}
    own = {folder / "index.html", *rest.difference(*forms), *(SITE / "static").iterdir()}
    assert weight(own) + drawn <= LIGHT


def weight(files):
    return sum(file.stat().st_size for file in files)


def test_a_page_of_paper_holds_each_drawing_with_letters_of_nine_points():
    sizes = {file.name: pixels(file.read_bytes()) for file in SITE.rglob("*.light.svg")}
    assert len(sizes) > 30
    assert {name: size for name, size in sizes.items() if size[1] > TALLEST} == {}


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith("/short.html")])
def test_the_short_way_takes_ten_minutes(page):
    html = blank_timings((SITE / page).read_text(encoding="utf-8"))
    (text,) = re.findall(r"(?s)<main.*?</main>", html)
    frame = r'(?s)<h2.*?</h2>|<p class="(?:in-full|note)">.*?</p>'
    assert minutes_to_read([Markup(re.sub(frame, "", text))]) <= 10


@pytest.mark.parametrize("lesson", [*LESSONS, "laboratory"])
def test_a_page_is_soon_walked_through(lesson):
    page = tree(f"{lesson}/index.html")
    assert nodes(page) <= MOST_NODES
    assert tab_stops(page) <= MOST_STOPS


@pytest.mark.parametrize("lesson", [*LESSONS, "laboratory"])
def test_every_number_says_where_it_comes_from_and_every_row_leads_back(lesson):
    page, listed = tree(f"{lesson}/index.html"), tree(f"{lesson}/numbers.html")
    assert unexplained(page, listed) == []
    assert dead_ends(page, listed) == []


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_every_system_is_measured_and_shown(system):
    ledger = load_ledger(BUILD / "ledger.json")
    assert any(key.startswith(f"{system}/") for key in ledger.measurements), system
    plans = [path.read_text(encoding="utf-8") for path in ROOT.glob("lessons/*/*/plan.md")]
    assert any(system in plan for plan in plans), system
