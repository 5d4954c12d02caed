"""All texts that hold a script, on one page in Chromium: none runs, with its policy or without."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from attack import attacked
from hostile_texts import HEAD, TEXTS

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or ""
DEED = "document.documentElement.id=/done/.source"
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="there is no Chromium here"),
]


def opened(page: Path, profile: Path) -> str:
    """Return the document as the browser has it when everything has been loaded."""
    words = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    words += ["--virtual-time-budget=2000", "--dump-dom", page.as_uri()]
    return subprocess.run([BROWSER, *words], capture_output=True, text=True, timeout=600).stdout


def test_the_browser_would_show_it(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(f"<!DOCTYPE html><title>a</title><img src=x onerror={DEED}>")
    assert 'id="done"' in opened(page, tmp_path / "profile")


def test_no_script_runs(tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.md", tmp_path / "out"
    texts = "\n".join(TEXTS.values()).replace("alert(1)", DEED)
    plan.write_text(HEAD.format(voice="**Voice:** explicit\n") + texts, encoding="utf-8")
    words = ("render", plan, "--out", out, "--build", tmp_path)
    assert attacked(*words, log=tmp_path / "log").status == 0
    pages = {page.stem: page for page in out.glob("knots/*.html")}
    texts_of = {name: page.read_text(encoding="utf-8") for name, page in pages.items()}
    assert all(map(_POLICY.search, texts_of.values()))
    for name in ("index", "review"):
        assert DEED in texts_of[name]
        assert 'id="done"' not in opened(pages[name], tmp_path / "profile")
        pages[name].write_text(_POLICY.sub("", texts_of[name]), encoding="utf-8")
        assert 'id="done"' not in opened(pages[name], tmp_path / "profile")
