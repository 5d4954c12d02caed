"""Captions: five attributes, one sentence; a tenth of the 600 combinations no training sees."""

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

    def is_held_out(self) -> bool:
        """Return whether no training sees this combination: 60 of 600.

        A Latin square of colours, shapes and places, and of the four sizes and patterns two: every
        value, and every pair of values, is seen in five of six of its captions at least.
        """
        size, pattern, colour, shape, place = self.indices()
        return (colour + shape + 2 * place) % 5 == 0 and (size + pattern + colour) % 2 == 0


def caption_of(indices: tuple[int, ...]) -> Caption:
    """Return the caption of one index an attribute, in the order of ATTRIBUTES."""
    values = zip(ATTRIBUTES.values(), indices, strict=True)
    return Caption(*(names[index] for names, index in values))


def all_captions() -> list[Caption]:
    """Return every caption, the last attribute varying fastest."""
    return [Caption(*values) for values in product(*ATTRIBUTES.values())]


def seen_captions() -> list[Caption]:
    """Return the captions that trainings draw, in the order of `all_captions`."""
    return [caption for caption in all_captions() if not caption.is_held_out()]


def held_out_captions() -> list[Caption]:
    """Return the captions that no training draws, in the order of `all_captions`."""
    return [caption for caption in all_captions() if caption.is_held_out()]


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
