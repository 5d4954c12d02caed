"""How far each lesson is: finished, being measured, failed; with the page of a last good build."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.contracts.files import read_json, write_json
from pipelines.pages.sources import LessonState
from pipelines.publishing.site import is_published


class Progress(BaseModel):
    """What a build set out to do. Written when it begins, and by each lesson that is published.

    Attributes:
        jobs: How many jobs were planned; 0: nothing was to be done.
        pending: Lessons to be published, with the seconds that they take by earlier builds, or
            None where no earlier build tells.
        ended: Whether the build has told its end.
    """

    model_config = ConfigDict(extra="forbid")

    jobs: int = 0
    pending: dict[str, float | None] = {}
    ended: bool = False


def progress_file(build: Path) -> Path:
    """Return the file that says how far the lessons are."""
    return build / "published" / ".progress.json"


def read_progress(build: Path) -> Progress:
    """Return how far the lessons are; without a readable file, nothing has begun."""
    try:
        return Progress.model_validate(read_json(progress_file(build)))
    except (OSError, ValueError, ValidationError):
        return Progress()


def write_progress(build: Path, progress: Progress) -> None:
    """Write how far the lessons are."""
    write_json(progress_file(build), progress)


def states(
    build: Path, lessons: list[str], site: Path, failed: bool = False
) -> dict[str, LessonState]:
    """Return the state of every lesson; when a build has failed, what is pending has failed."""
    pending = read_progress(build).pending
    return {
        lesson: _state(is_published(site, lesson), lesson in pending, pending.get(lesson), failed)
        for lesson in lessons
    }


def _state(page: bool, pending: bool, seconds: float | None, failed: bool) -> LessonState:
    if not pending and page:
        return LessonState("finished")
    old = "; this page is from the last good build" if page else ""
    if failed:
        return LessonState(f"failed{old or ': no page yet'}", page, "failed")
    took = f"; took {in_words(seconds)} last time" if seconds else ""
    return LessonState(f"being measured{took}{old}", page, "pending")


def in_words(seconds: float) -> str:
    """Return a time as people say it: "40 s", "6 min", "1 h 05 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
