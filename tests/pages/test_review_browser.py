"""A review in a browser: on a phone nothing scrolls sideways but tables in their frames, also when
all is open; registers are sorted and filtered.

The plans that others wrote have long remarks in the badges of depths. Browsers do not make a
window narrower than 500 pixels, so the page is laid out in a frame.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from review_samples import DATA, LESSON, a_build, made_from, read

from pipelines.contracts.plan import LessonPlan
from pipelines.pages.environment import STATIC, STYLE
from pipelines.pages.render import render_anyhow

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PHONE = 375
_LOOK = """
addEventListener("load", () => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const width = document.documentElement.clientWidth;
  const beyond = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .filter((one) => !one.closest(".scroll, .code, .formula-body, pre, math"))
    .map((one) => one.outerHTML.slice(0, 120));
  const wide = document.documentElement.scrollWidth;
  parent.postMessage({width, wide, beyond}, "*");
});
"""
_HOST = """<body><pre></pre><script>
addEventListener("message", ({data}) => {
  document.querySelector("pre").textContent = JSON.stringify(data);
});
</script><iframe src="page.html" width="WIDTH" height="800" style="border: 0"></iframe>"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no Chromium here to lay pages out"),
]


_USE = """
addEventListener("load", () => {
  const table = document.querySelector("table[data-sortable]");
  const shown = () => [...table.tBodies[0].rows].filter((row) => !row.hidden)
    .map((row) => row.cells[0].textContent.trim().replace(/\\s+/g, " "));
  const margin = table.tHead.rows[0].cells[3].querySelector("button");
  const input = document.querySelector(".filter input");
  const found = {before: shown()};
  margin.click();
  found.rising = shown();
  margin.click();
  found.falling = shown();
  found.said = table.tHead.rows[0].cells[3].getAttribute("aria-sort");
  input.value = "no-third";
  input.dispatchEvent(new Event("input"));
  found.filtered = shown();
  found.count = document.querySelector(".filter output").textContent;
  parent.postMessage(found, "*");
});
"""


def laid_out(folder: Path, page: str, style: str, script: str = _LOOK) -> dict[str, Any]:
    """Return what a browser makes of a page in a frame as wide as a phone."""
    page = re.sub(r"<meta http-equiv=[^>]*>|<script [^>]*></script>", "", page)
    page = re.sub(r"<link [^>]*>", lambda _: f"<style>{style}</style>", page)
    (folder / "page.html").write_text(f"{page}<script>{script}</script>", encoding="utf-8")
    host = folder / "host.html"
    host.write_text(_HOST.replace("WIDTH", str(PHONE)), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000")
    words = [BROWSER, *options, "--dump-dom", host.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    match = re.search(r"<pre>(.+?)</pre>", done.stdout, re.DOTALL)
    assert match, done.stdout
    found: dict[str, Any] = json.loads(html.unescape(match[1]))
    return found


def plan(name: str) -> LessonPlan:
    return read((DATA / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [LESSON.stem, "seed-001"])
@pytest.mark.parametrize("page", ["review", "numbers"])
def test_nothing_scrolls_sideways(tmp_path: Path, name: str, page: str) -> None:
    made = render_anyhow(plan(name), made_from(plan(name), a_build())).pages[page]
    found = laid_out(tmp_path, made, STYLE.read_text(encoding="utf-8"))
    assert found["beyond"] == [] and found["wide"] <= found["width"] <= PHONE


def test_a_badge_that_may_not_wrap_is_noticed(tmp_path: Path) -> None:
    made = render_anyhow(plan("seed-001"), made_from(plan("seed-001"), a_build())).pages["review"]
    style = STYLE.read_text(encoding="utf-8") + ".depth { white-space: nowrap; }"
    assert any("depth" in one for one in laid_out(tmp_path, made, style)["beyond"])


def test_a_register_is_sorted_and_filtered(tmp_path: Path) -> None:
    made = render_anyhow(plan("lesson"), made_from(plan("lesson"), a_build())).pages["review"]
    register = (STATIC / "register.js").read_text(encoding="utf-8")
    found = laid_out(tmp_path, made, "", register + _USE)
    first, second = "Claim 1 two-jumps-help", "Claim 2 no-third"
    assert found["before"] == [first, second]
    assert found["rising"] == [second, first] and found["falling"] == [first, second]
    assert found["said"] == "descending"
    assert found["filtered"] == [second] and found["count"] == "1 found"
