"""Names that people give: of experiments, checkpoints, lessons, figures, tables, listings.

Such a name becomes a file, an address of the site and a word of a shell command, so it is an
identifier. The one rule for all of them stands here.
"""

import re

IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 60  # characters: the name of a file holds two names and an ending
RULE = f"small letters, digits and single dashes only, at most {LONGEST} characters"
NO_LESSONS = frozenset(("static",))  # what the site has beside its lessons
LESSON_PAGES = ("index", "short", "numbers", "review", "answers", "slides")  # HTML of each
NO_EXPERIMENTS = frozenset(
    ("cached-latents", "base-parts")
)  # what `models/` has beside the models

_SPELLED = {  # words of slugs whose capitals are not those of a sentence
    "lora": "LoRA",
    "llms": "LLMs",
    "sdes": "SDEs",
    "ode": "ODE",
    "gans": "GANs",
    "vae": "VAE",
    "ddpm": "DDPM",
    "ddim": "DDIM",
    "clip": "CLIP",
    "sdxl": "SDXL",
    "unet": "U-Net",
}


def is_identifier(name: str) -> bool:
    """Say whether a name can be a file's, an address's and a word of a command."""
    return len(name) <= LONGEST and bool(IDENTIFIER.fullmatch(name))


def slug_fault(name: str) -> str:
    """Return what keeps a name from being a lesson's, "" if nothing does."""
    if not is_identifier(name):
        return f"`{shown(name)}` is no slug"
    return f"`{name}` is a folder of the site, and no lesson's" if name in NO_LESSONS else ""


def experiment_fault(name: str) -> str:
    """Return what keeps a name from being an experiment's or a checkpoint's, perhaps ""."""
    if not is_identifier(name):
        return f"`{shown(name)}` is no name for an experiment or a checkpoint"
    return f"`{name}` is taken: it lies beside the models" if name in NO_EXPERIMENTS else ""


def shown(name: str) -> str:
    """Return a name as a message quotes it: not longer than a line."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def slug_from(text: str) -> str:
    """Return the slug that a title or a file's name comes closest to, perhaps ""."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST].strip("-")


def title_from_slug(slug: str) -> str:
    """Return a slug as a title: "score-functions-and-sdes" → "Score functions and SDEs"."""
    words = " ".join(_SPELLED.get(word, word) for word in slug.split("-"))
    return words[:1].upper() + words[1:]
