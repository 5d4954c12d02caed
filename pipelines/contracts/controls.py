"""Characters that say nothing and do something: to terminals, to browsers, to who reads code."""

import re

# C0 and C1 controls but tab and line feed, what turns a line round, and what is no character
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def without_controls(text: str) -> str:
    """Return a text with a visible sign in the place of each."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
