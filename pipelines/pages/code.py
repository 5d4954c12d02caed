"""Source code → HTML with a class for each kind of token."""

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound


def highlighted(text: str, language: str) -> Markup:
    """Return the code's tokens in spans; a language that is not known is set plain."""
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    return Markup(highlight(text, lexer, HtmlFormatter(nowrap=True)).rstrip("\n"))
