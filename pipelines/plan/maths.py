"""TeX → MathML, which browsers set without scripts or fonts from elsewhere."""

from functools import cache

from markupsafe import Markup
from math_core import LatexError, LatexToMathML

_MACROS = {  # what the converter lacks
    "widetilde": r"\overset{\sim}{#1}",
    "substack": r"\begin{matrix}#1\end{matrix}",
}


LONGEST = 4_000  # characters: at most as many levels, of which the converter's stack bears more
_LARGEST = 200_000  # characters of MathML: definitions of commands may multiply a short formula


class MathError(ValueError):
    """The text is no TeX that can be set."""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, annotation=True, macros=_MACROS)


def mathml(latex: str, *, display: bool = False) -> Markup:
    """Return a `<math>` element; the TeX stays in it as an annotation, for copying.

    Raises:
        MathError: With the converter's reason, in one line.
    """
    if len(latex) > LONGEST:
        raise MathError(f"longer than {LONGEST} characters")
    try:
        made = _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise MathError(str(error).splitlines()[0]) from error
    if len(made) > _LARGEST:
        raise MathError("its commands stand for too much")
    return Markup(made)  # the converter escapes texts; tests hold it to that
