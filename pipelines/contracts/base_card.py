"""The card of a published base: which recipe, code and data made it, and hashes of its files."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from pipelines.contracts.files import Strict, read_json, write_json
from pipelines.contracts.latent import DEPENDS, Base, settings_of
from pipelines.contracts.problems import InputProblems, Problem

CARD = "card.json"
REMEDY = "train it anew (`--config retrain=true`), or take weights and card of one training"


class BaseCard(Strict):
    """What a folder of published weights says of itself.

    Attributes:
        recipe: The settings that each part's weights depend on.
        code, device, seconds: Of each part's training; CPU-seconds, or by the clock on a GPU.
        data: Digest of the code that renders the scenes.
        files: SHA-256 of every other file of the folder.
        quality: What was measured when it was published.
    """

    recipe: dict[str, dict[str, Any]]
    code: dict[str, str]
    data: str
    device: dict[str, str]
    seconds: dict[str, float]
    files: dict[str, str]
    versions: dict[str, str]
    quality: dict[str, float] = Field(default_factory=dict)


def recipe_of(recipe: Base) -> dict[str, dict[str, Any]]:
    """Return what of a recipe a base's weights depend on."""
    return {part: settings_of(recipe, part) for part in DEPENDS}


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder but its card, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CARD)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def write_card(folder: Path, card: BaseCard) -> None:
    write_json(folder / CARD, card)


def read_card(folder: Path) -> BaseCard:
    return BaseCard.model_validate(read_json(folder / CARD))


def checked_card(folder: Path, recipe: Base) -> BaseCard:
    """Return the card of a folder whose weights are those of the recipe.

    Raises:
        InputProblems: The card is missing or unreadable, is of another recipe, or a file of the
            folder is not the one that the card names.
    """
    path = folder / CARD
    try:
        card = read_card(folder)
    except (OSError, json.JSONDecodeError, ValidationError) as error:
        message = f"no card to be read: {str(error).splitlines()[0]}"
        raise InputProblems([_card_problem(path, message)]) from error
    if problems := [*_differences(path, card, recipe), *_other_files(folder, card)]:
        raise InputProblems(problems)
    return card


def _differences(path: Path, card: BaseCard, recipe: Base) -> Iterator[Problem]:
    plain = json.loads(json.dumps(recipe_of(recipe)))
    for part, settings in plain.items():
        on_card = card.recipe.get(part, {})
        for key in sorted({*settings, *on_card}):
            if settings.get(key) != on_card.get(key):
                message = (
                    f"{part}: `{key}` is {on_card.get(key)}, in the recipe {settings.get(key)}"
                )
                yield _card_problem(path, message)


def _other_files(folder: Path, card: BaseCard) -> Iterator[Problem]:
    there = hashes(folder)
    for name in sorted({*there, *card.files}):
        if there.get(name) != card.files.get(name):
            message = "is not the file that the card names" if name in there else "is missing"
            yield _card_problem(folder / name, message)


def _card_problem(path: Path, message: str) -> Problem:
    return Problem(str(path), 1, "ML110", message, REMEDY)
