"""A round in a real browser: ticked, written, kept, exported, merged, and shown again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from chromium import CHROMIUM, Tab, browser
from reviewed_plan import PLAN, only_added

from pipelines.any_plan import read_plan
from pipelines.cli import main
from pipelines.contracts.plan import LessonPlan
from pipelines.rounds.register import Status, register_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here to review in"),
]
TICKS, FINDINGS = 40, 6


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "levers" / "plan.md"
    path.parent.mkdir()
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    with browser(tmp_path / "chromium") as found:
        yield found


def reviewed(plan: Path) -> Path:
    """Make the pages of a plan; return the one of its reviewers."""
    site = plan.parent.parent / "site"
    assert main(["render", str(plan), "--out", str(site), "--build", str(site / "none")]) == 0
    return site / "levers" / "review.html"


def write(tab: Tab, finding: dict[str, Any]) -> None:
    """Write a finding as a reviewer does: at a place, in the form."""
    tab.run(
        f"""
        {{
          const finding = {json.dumps(finding)};
          const spot = document.querySelector(`[data-place="${{finding.place}}"]`);
          spot.querySelectorAll("button")[1].click();
          const form = document.querySelector("form[data-role=finding]");
          const fields = Object.entries(finding);
          for (const [name, text] of fields) form.elements.namedItem(name).value = text;
          form.querySelector("[type=submit]").click();
        }}
        """
    )


def places(tab: Tab) -> list[str]:
    return tab.run(
        "[...document.querySelectorAll('[data-place]')].map((one) => one.dataset.place)"
    )


def findings_at(found: list[str]) -> list[dict[str, str]]:
    severities = ("CRITICAL", *["IMPROVEMENT"] * 3, *["POLISH"] * 2)
    return [
        {
            "severity": severity,
            "place": found[2 * at],
            "title": f"Finding {at}: {'| # ** {value}`x`'[: 3 * at]}",
            "issue": f"# no heading\n\n1. no list\n:::{{figure}}\n``` {at}",
            "impact": "**Issue:** none of it | is | a table",
            "fix": "Say `code`, *why*, and $x_t$.",
        }
        for at, severity in enumerate(severities)
    ]


def test_a_round_of_forty_ticks_and_six_findings(tab: Tab, plan: Path) -> None:
    before = plan.read_bytes()
    page = reviewed(plan)
    tab.open(page)
    wanted = findings_at(places(tab))
    some = f"[...document.querySelectorAll('.tick input')].slice(0, {TICKS})"
    tab.run(f"{some}.forEach((one) => one.click())")
    for finding in wanted:
        write(tab, finding)
    tab.run(
        """
        const say = (node, text) => {
          node.value = text;
          node.dispatchEvent(new Event(node.tagName === "SELECT" ? "change" : "input"));
        };
        say(document.querySelector("[data-field=reviewer]"), "Ada");
        say(document.querySelector("[data-field=date]"), "2026-03-04");
        say(document.querySelector("[data-check='1.1']"), "VERIFIED");
        const spot = document.querySelector("[data-place='s-hook/paragraph-1']");
        [...spot.querySelectorAll("button")].find((one) => one.textContent === "Remark").click();
        say(spot.querySelector("textarea"), "A fine beginning");
        """
    )

    tab.open(page)  # the browser has kept all of it
    ticked = "document.querySelectorAll('.tick input:checked').length"
    assert tab.run(ticked) == TICKS
    assert tab.run("document.querySelectorAll('.written > li').length") == FINDINGS
    exports = [
        tab.download(f"document.querySelector('[data-do={form}]').click()")
        for form in ("json", "markdown")
    ]
    assert [one.suffix for one in exports] == [".json", ".md"]

    merged = []
    for export in exports:  # both say the same
        plan.write_bytes(before)
        assert main(["review", "import", str(export), str(plan)]) == 0
        merged.append(plan.read_bytes())
    assert merged[0] == merged[1]
    assert only_added(before, merged[0])

    found, _ = read_plan(plan)
    assert isinstance(found, LessonPlan)
    register = register_of(found)
    mine = [one for one in register.findings if one.round == 2]
    assert [one.spot and one.spot.name for one in mine] == [one["place"] for one in wanted]
    assert [one.severity.value.upper() for one in mine] == [one["severity"] for one in wanted]
    assert register.findings[0].status is Status.VERIFIED
    assert not register.contradicted

    tab.open(reviewed(plan))
    shown = tab.run("document.querySelector('#round-2').innerText")
    assert all(f"2.{at + 1} Finding {at}:" in shown for at in range(FINDINGS))
    assert "no heading" in shown and "A fine beginning" in shown
    assert tab.run("document.querySelectorAll('#round-2 .finding').length") == FINDINGS
    assert (
        tab.run("document.querySelectorAll('#round-2 [type=checkbox][checked]').length") == TICKS
    )


def test_what_was_written_of_other_words_is_marked_and_refused(tab: Tab, plan: Path) -> None:
    page = reviewed(plan)
    tab.open(page)
    write(tab, findings_at(places(tab))[2] | {"place": "s-hook/paragraph-1"})
    text = plan.read_text()
    plan.write_text(text.replace("place to stand", "longer place to stand"))
    tab.open(reviewed(plan))
    stale = "document.querySelectorAll('.written .stale').length"
    assert tab.run(stale) == 1
    export = "document.querySelector('[data-do=json]').click()"
    assert main(["review", "import", str(tab.download(export)), str(plan)]) == 1
    tab.run("document.querySelector('.written .stale button').click()")
    assert tab.run(stale) == 0
    assert main(["review", "import", str(tab.download(export)), str(plan)]) == 0


def test_a_browser_that_keeps_nothing_says_so(tab: Tab, plan: Path) -> None:
    page = reviewed(plan)
    tab.call(
        "Page.addScriptToEvaluateOnNewDocument",
        source="Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})",
    )
    tab.open(page)
    assert "keeps nothing" in tab.run("document.querySelector('[data-role=kept]').textContent")
    tab.run("document.querySelector('.tick input').click()")
    assert "1 of" in tab.run("document.querySelector('[data-role=tally]').textContent")


def test_without_scripts_the_page_is_a_form(tab: Tab, plan: Path) -> None:
    page = reviewed(plan)
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(page)
    tab.call("Emulation.setEmulatedMedia", media="print")
    look = "[...document.querySelectorAll('{}')].filter((one) => one.checkVisibility()).length"
    assert tab.run(look.format("#round .spot")) == len(places(tab))
    assert tab.run(look.format("#round textarea")) >= 5
    assert tab.run(look.format("#round button")) == 0


def test_the_page_stays_closed() -> None:
    script = (ROOT / "pipelines/templates/static/round.js").read_text()
    assert not any(
        word in script for word in ("fetch(", "XMLHttp", "innerHTML", "eval(", "import(")
    )
