"""A plan to begin with: every part of a lesson plan, with what the module plan knows filled in."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.contracts.files import TEMPLATES
from pipelines.contracts.names import title_from_slug
from pipelines.contracts.plan import ModulePlan


def starter(slug: str, module: ModulePlan | None = None) -> str:
    """Return the text of a new plan.

    Args:
        slug: The lesson's name, as in `tying-a-bowline`.
        module: Gives place, load and neighbours if its sequence names the lesson.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the result is Markdown, and the slug is letters and dashes
    )
    words = slug.replace("-", " ")
    text = environment.get_template("starter.md.j2")
    title = title_from_slug(slug)
    return text.render(slug=slug, title=title, concept=words, **_place_in_module(slug, module))


def starter_exercise(name: str) -> str:
    """Return the text of a new exercise, which runs as it stands."""
    text = (TEMPLATES / "starter.py.txt").read_text(encoding="utf-8")
    return text.replace("A new exercise", title_from_slug(name))


def _place_in_module(slug: str, module: ModulePlan | None) -> dict[str, object]:
    """Return what a module plan says of a lesson; an unknown one is put at its end."""
    rows = module.sequence if module else ()
    slugs = [row.slug for row in rows]
    at = slugs.index(slug) if slug in slugs else len(slugs)
    load = rows[at].load.split(" ")[0].upper() if at < len(rows) else ""
    number = module.meta.module_number if module else ""
    return {
        "module": f"{number} ({module.title})" if module and number else "",
        "position": at + 1,
        "lessons": max(len(slugs), at + 1),
        "load": load or "BUILD",
        "previous": slugs[at - 1] if at else "",
        "next": slugs[at + 1] if at + 1 < len(slugs) else "",
    }
