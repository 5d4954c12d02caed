"""Captions: five attributes, one sentence. All 600 combinations occur equally often."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "size": ("small", "large"),
    "pattern": ("plain", "striped"),
    "colour": ("red", "orange", "yellow", "green", "blue", "purple"),
    "shape": ("circle", "square", "triangle", "star", "heart"),
    "place": ("sea", "desert", "meadow", "snow", "dusk"),
}
PHRASES = {
    "sea": "over the sea",
    "desert": "in the desert",
    "meadow": "on a meadow",
    "snow": "in the snow",
    "dusk": "at dusk",
}
CARDINALITIES = tuple(len(values) for values in ATTRIBUTES.values())


@dataclass(frozen=True)
class Caption:
    """What a caption says; all else in a scene is left to chance."""

    size: str
    pattern: str
    colour: str
    shape: str
    place: str

    def text(self) -> str:
        """Return the sentence, as a prompt says it."""
        words = (self.size, self.pattern, self.colour, self.shape)
        return f"a {' '.join(words)} {PHRASES[self.place]}"

    def indices(self) -> tuple[int, ...]:
        """Return the place of each attribute's value in ATTRIBUTES."""
        return tuple(ATTRIBUTES[name].index(getattr(self, name)) for name in ATTRIBUTES)


def caption_of(indices: tuple[int, ...]) -> Caption:
    """Return the caption of one index an attribute, in the order of ATTRIBUTES."""
    values = zip(ATTRIBUTES.values(), indices, strict=True)
    return Caption(*(names[index] for names, index in values))


def all_captions() -> list[Caption]:
    """Return every caption, the last attribute varying fastest."""
    return [Caption(*values) for values in product(*ATTRIBUTES.values())]


def parse_caption(text: str) -> Caption:
    """Return what a sentence of the grammar says.

    Raises:
        ValueError: The sentence is none of the grammar's.
    """
    for place, phrase in PHRASES.items():
        words = text.removesuffix(f" {phrase}").split()
        if text.endswith(f" {phrase}") and len(words) == 5 and words[0] == "a":
            size, pattern, colour, shape = words[1:]
            caption = Caption(size, pattern, colour, shape, place)
            if all(getattr(caption, name) in values for name, values in ATTRIBUTES.items()):
                return caption
    example = all_captions()[0].text()
    raise ValueError(f"`{text}` is no caption of the grammar; write like `{example}`")
