"""What the lint says of claims: each code at its place, freeing, sabotage of our own claims."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import ROOT
from claim_samples import EXPLICIT, LOOSE, A, B, make_ledger, problems_of, read
from page_samples import sources

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.module.catalog import read_frame
from pipelines.pages.render import render_lesson, render_review
from pipelines.planlint.check_claims import check_claims
from pipelines.planwriter.format import format_text

MODULE = ROOT / "lessons/fast-generation"


def claim(check: str, sentence: str, **options: str) -> str:
    lines = [f":{name}: {value}" for name, value in options.items()]
    return "\n".join([":::{claim} it", f":check: {check}", *lines, sentence, ":::", ""])


PLACES = [
    (claim(f"{A} >= 0", "Some miss."), "ML314", f"{A} >= 0"),
    (claim(f"{A} < 2 * {A}", "Some miss."), "ML314", f"{A} < 2 * {A}"),
    (claim("grid-cd/x@1/modes_reached >= 25", "It reaches clouds."), "ML315", "grid-cd/x@1"),
    (claim(f"{A} < {B}", "It is *far better* so."), "ML316", "far better"),
    (claim(f"{A} <= 0.65 * {B}", "It removes more than a third."), "ML317", "a third"),
    (claim(f"{A} < {B}", "Fewer miss.", short="The best of all"), "ML317", "best"),
    ("| a | b |\n|---|---|\n| x | six times faster |\n", "ML318", "six times faster"),
    ("- One **far better** way.\n", "ML318", "far better"),
]


@pytest.mark.parametrize(("body", "code", "place"), PLACES)
def test_each_problem_has_its_line_and_column(body: str, code: str, place: str) -> None:
    text = EXPLICIT + body
    (found,) = problems_of(text)
    line = next(i for i, one in enumerate(text.split("\n"), 1) if place in one)
    assert (found.code, found.severity, found.line) == (code, "error", line)
    assert found.column == text.split("\n")[line - 1].index(place.split(" faster")[0]) + 1
    assert found.remedy and found.place == f"plan.md:{line}:{found.column}"


def test_hand_written_plans_get_warnings() -> None:
    (found,) = problems_of(LOOSE + "It is six times faster.\n")
    assert (found.code, found.severity) == ("ML318", "warning")


@pytest.mark.parametrize(
    "body",
    [
        ":::{misbelief} It is six times faster.\nNo.\n:::\n",
        "Is it six times faster?\n",
        ":::{builder}\nIt is six times faster.\n:::\n",
        f"It is six times faster, {{value}}`{A} / {B}|ratio`.\n",
        "It is six times faster: {fact}`g`.\n",
        "`six times faster`\n",
    ],
)
def test_what_asserts_nothing_or_says_how_it_is_known(body: str) -> None:
    assert problems_of(EXPLICIT + body) == []


def test_a_source_speaks_for_its_own_sentence_only() -> None:
    (found,) = problems_of(EXPLICIT + "It falls by {fact}`g`. It is six times faster.\n")
    assert found.code == "ML318"


# --- freeing -----------------------------------------------------------------------------------

FREED = "The {freed}`six times faster|it is the name of a song` one.\n"
FREE_CLAIM = claim(f"{A} < {B}", "It is far better.", freed="ML316 a *quotation*")


def test_freed_words_and_claims_are_left_alone() -> None:
    assert problems_of(EXPLICIT + FREED) == []
    assert problems_of(EXPLICIT + FREE_CLAIM) == []
    inside = claim(f"{A} < {B}", "It is {freed}`far better|a quotation`.")
    assert problems_of(EXPLICIT + inside) == []


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("The {freed}`faster|a song` one.\n", "warning"),
        ("The {freed}`six times faster` one.\n", "error"),
        (claim(f"{A} < {B}", "It is better.", freed="ML316 a quotation"), "warning"),
    ],
)
def test_what_is_freed_without_need_or_reason(body: str, severity: str) -> None:
    (found,) = problems_of(EXPLICIT + body)
    assert (found.code, found.severity) == ("ML319", severity)


def test_digits_cannot_be_freed() -> None:
    found = problems_of(EXPLICIT + "It is {freed}`6 times faster|so what`.\n")
    assert "ML301" in {one.code for one in found}


@pytest.mark.parametrize("option", ["because", "ML402 it is so", "ML316", "ML316 "])
def test_a_claim_is_freed_of_what_the_lint_says_and_with_a_reason(option: str) -> None:
    text = EXPLICIT + claim(f"{A} < {B}", "It.", freed=option)
    assert "ML208" in {one.code for one in read_text(text)[1]}


def test_reviewers_see_what_is_freed_and_why_and_students_read_the_words() -> None:
    plan = read(EXPLICIT + FREED + "\n" + FREE_CLAIM)
    made = sources(strict=False)
    page, review = render_lesson(plan, made), render_review(plan, made, [])
    assert "The six times faster one." in page and "song" not in page and "ML316" not in page
    assert "it is the name of a song" in review and "“six times faster”" in review
    assert "it: ML316" in review and "a <em>quotation</em>" in review


def test_formatting_keeps_what_is_freed() -> None:
    again = format_text(LOOSE + FREED + "\n" + FREE_CLAIM)
    assert "{freed}`six times faster|it is the name of a song`" in again
    assert ":freed: ML316 a *quotation*" in again


# --- with measurements -------------------------------------------------------------------------


def judged(body: str, values: dict[str, float]) -> set[str]:
    return {one.code for one in check_claims(read(EXPLICIT + body), make_ledger(values))}


@pytest.mark.parametrize(
    ("check", "sentence", "empty"),
    [
        (f"{A} <= 5 * {B}", "It is closer.", True),
        (f"{A} <= 5 * {B}", "It is at most five times as far away.", False),
        (f"{A} < {B}", "It is closer.", False),
        (f"{A} < 5 and {B} < 5", "Both are close.", False),
    ],
)
def test_a_claim_that_holds_whichever_system_is_which(
    check: str, sentence: str, empty: bool
) -> None:
    values = {A: 1.0, B: 1.1}
    assert ("ML411" in judged(claim(check, sentence), values)) == empty
    assert "ML411" not in judged(claim(check, sentence, freed="ML411 so it is"), values)
    told = judged(claim(check, sentence, freed="ML411 so it is"), values)
    assert ("ML319" in told) != empty


def test_what_the_measurements_show_empty_has_line_and_column() -> None:
    text = EXPLICIT + claim(f"{A} <= 5 * {B}", "It is closer.")
    found = check_claims(read(text), make_ledger({A: 1.0, B: 1.1}))
    (one,) = (one for one in found if one.code == "ML411")
    assert one.excerpt == text.split("\n")[one.line - 1] == f":check: {A} <= 5 * {B}"
    assert (one.column, one.place) == (9, f"plan.md:{one.line}:9")


def test_rows_without_an_error_and_without_a_reason() -> None:
    ledger = make_ledger({A: 1.0, B: 2.0})
    plan = read(EXPLICIT + claim(f"{A} < {B}", "It is closer."))
    assert "ML412" in {one.code for one in check_claims(plan, ledger)}
    rows = {
        key: row.model_copy(update={"no_spread": "one example"})
        for key, row in ledger.measurements.items()
    }
    told = ledger.model_copy(update={"measurements": rows})
    assert "ML412" not in {one.code for one in check_claims(plan, told)}


# --- sabotage of our own claims ----------------------------------------------------------------

ONE, TWO = "consistency-models", "latent-consistency-and-turbo"
LAB, MAP = "laboratory", "the-speed-landscape"
SHARPER = "1.05 * lcm-lora/lcm@1,w=1/sharpness <= add/lcm@1,w=1/sharpness <= 1"
SHIPPED = {"euler": "linspace", "dpmpp_2m": "linspace", "pndm": "leading", "unipc": "linspace"}
OTHER_SOLVERS = "".join(f"base/{one}@4,w=7.5,{times}/all, " for one, times in SHIPPED.items())
WORDS = [
    (ONE, "second-look-helps", "0.6666", "0.65", "ML317"),
    (ONE, "second-look-helps", "more than a third", "more than half", "ML317"),
    (ONE, "jump-beats-step", "ten times nearer", "twenty times nearer", "ML317"),
    (ONE, "too-slow-a-copy", "spread <= 0.7", "spread >= 0", "ML314"),
    (ONE, "one-jump-ten-steps", "puts more", "puts far more", "ML316"),
    (ONE, "better-sample-other-end", "rises from", "falls from", "ML317"),
    (ONE, "one-jump-ten-steps", " < toy-edm", " < 1.1 + toy-edm", "ML314"),
    (LAB, "matching-keeps-modes", "reaches all clouds", "reaches the clouds", "ML315"),
    (LAB, "gan-loses-modes", "at least a fifth", "at most a fifth", "ML317"),
    (TWO, "add-is-sharper", SHARPER, SHARPER.replace("sharpness", "frechet"), "ML317"),
    (TWO, "default-four-steps-fail", OTHER_SOLVERS, "", "ML317"),
    (TWO, "critic-gets-captions-right", "more of them right", "sharper pictures", "ML317"),
]  # fmt: skip
GRID_CD, NEWER = 0.068, {"grid-scm/consistency@1": 0.5, "grid-shortcut-taught/flow_map@1": 0.4}
GIVEN = {f"{key}/off_manifold": value for key, value in NEWER.items()} | {
    "grid-meanflow-taught/flow_map@1/off_manifold": 0.7,
    "grid-cd/consistency@1/off_manifold": GRID_CD,
    "grid-cd/consistency@4/off_manifold": 0.033,
    "grid-cd/consistency@8/off_manifold": 0.034,
    "grid-edm/dpmpp_2m@5/off_manifold": 0.3,
    "grid-edm/unipc@5/off_manifold": 0.35,
    "grid-edm/heun@100/off_manifold": 0.008,
    "grid-multistep/euler@4/off_manifold": 0.04,
}
NUMBERS = [
    (MAP, "newest-is-not-first", "> grid-cd", "< grid-cd", "ML402"),
    (
        MAP,
        "the-order-turns",
        "< min(grid-edm/dpmpp_2m@5",
        "<= 100 * min(grid-edm/dpmpp_2m@5",
        "ML411",
    ),
    (LAB, "segments-beat-renoising", ":holds: no\n", "", "ML402"),
]


def ours(lesson: str, name: str) -> str:
    """Return a claim of a lesson, as its plan spells it."""
    text = (MODULE / lesson / "plan.md").read_text(encoding="utf-8")
    _, head, rest = text.partition(f":::{{claim}} {name}\n")
    return head + rest.partition("\n:::\n")[0] + "\n:::\n"


@pytest.fixture(scope="module")
def experiments() -> object:
    return read_frame(MODULE).measured


@pytest.mark.parametrize(("lesson", "name", "old", "new", "code"), WORDS)
def test_a_sabotaged_sentence_or_check_is_found(
    experiments: object, lesson: str, name: str, old: str, new: str, code: str
) -> None:
    text = ours(lesson, name)
    assert old in text and problems_of(EXPLICIT + text, experiments) == []
    found = problems_of(EXPLICIT + text.replace(old, new, 1), experiments)
    assert code in {one.code for one in found}


@pytest.mark.parametrize(("lesson", "name", "old", "new", "code"), NUMBERS)
def test_a_sabotaged_check_is_found_by_the_numbers(
    lesson: str, name: str, old: str, new: str, code: str
) -> None:
    text = ours(lesson, name)
    assert old in text and not {"ML402", "ML411"} & judged(text, GIVEN)
    assert code in judged(text.replace(old, new, 1), GIVEN)


@pytest.mark.parametrize("lesson", [ONE, TWO, LAB, MAP])
def test_our_own_plans_claim_what_they_check(experiments: object, lesson: str) -> None:
    text = (MODULE / lesson / "plan.md").read_text(encoding="utf-8")
    assert problems_of(text, experiments) == []


def test_lint_takes_the_measurements_of_a_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text(EXPLICIT + claim(f"{A} < {B}", "It is closer."), encoding="utf-8")
    ledger = make_ledger({A: 2.0, B: 1.0})
    (tmp_path / "ledger.json").write_text(ledger.model_dump_json(), encoding="utf-8")
    main(["lint", str(plan)])
    assert "ML402" not in capsys.readouterr().out
    main(["lint", "--build", str(tmp_path), str(plan)])
    assert "ML402" in capsys.readouterr().out
