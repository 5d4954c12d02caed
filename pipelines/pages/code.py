"""Source code → HTML with a class for each kind of token."""

import re
from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name

# Names, operators, marks and spaces, which the stylesheet sets like any text.
_PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
# Pygments knows five hundred languages, and some of its patterns take minutes for a short text.
# With these, and within these bounds, no text is known to take a tenth of a second.
_LANGUAGES = frozenset(
    (
        *("python", "py", "pycon", "bash", "sh", "console", "json", "yaml", "toml", "ini", "diff"),
        *("html", "css", "xml", "latex", "tex", "javascript", "js", "jsx", "typescript", "ts"),
    )
)
_LONGEST, _LONGEST_LINE = 6_000, 500  # characters


@lru_cache(maxsize=1_000)  # a lesson shows the same code on several pages
def highlighted(text: str, language: str) -> Markup:
    """Return those tokens that have a style in spans; an unknown language is set plain."""
    lexer = TextLexer(stripnl=False)
    if language.lower() in _LANGUAGES and _is_readable(text):
        lexer = get_lexer_by_name(language, stripnl=False)
    made = highlight(text, lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    return Markup(_PLAIN.sub(r"\1", made))


def _is_readable(text: str) -> bool:
    return len(text) <= _LONGEST and max(map(len, text.split("\n"))) <= _LONGEST_LINE
