"""Source code → HTML with a class for each kind of token."""

import re

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

# Names, operators, marks and spaces, which the stylesheet sets like any text.
_PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')


def highlighted(text: str, language: str) -> Markup:
    """Return those tokens that have a style in spans; an unknown language is set plain."""
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    made = highlight(text, lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    return Markup(_PLAIN.sub(r"\1", made))
