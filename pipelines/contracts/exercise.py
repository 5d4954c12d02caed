"""What the source of an exercise says in its head, and what became of it when the build ran it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.contracts.files import Strict

MISCONCEPTION = "misconception"  # `[misconception 2]` in what a check says
Kind = Literal["text", "given", "exercise", "check"]
Trial = Literal["student", "right", "wrong"]


class Head(Strict):
    """The head of a source: `jupyter: exercise:` of its YAML.

    Attributes:
        title: As the page calls it.
        seconds: Of processor time, within which it has to be done on one core.
        memory_mb: Within which it has to stay.
        support: Modules of the module's folder `support/` that it imports.
        models: Experiments of the build that it loads from `weights/`; of a pipeline perhaps a
            part, `night/unet`.
    """

    title: str
    seconds: int = Field(default=60, gt=0, le=600)
    memory_mb: int = Field(default=2000, gt=0, le=16000)
    support: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class Output(Strict):
    """Something that a cell printed, or a picture that it drew; `png` are bytes in base64."""

    kind: Literal["printed", "value", "picture"]
    text: str = ""
    png: str = ""
    width: int = 0
    height: int = 0


class Fault(Strict):
    """Why a cell stopped: `line`, one-based, 0 if unknown, of the cell with the number `cell`.

    That may be another than the cell that ran: a check calls what an earlier one defines.
    """

    type: str
    message: str
    line: int = 0
    cell: int = 0


class CellRun(Strict):
    """A cell of an exercise, as students and as teachers get it, and what it made.

    Attributes:
        name: Of the part that it poses or checks; empty for text and for what is given.
        student: What students get: a guard in place of the solution, no hidden tests.
        solution: The whole cell.
        keep: Students get its outputs, too.
        picture: Its last picture stands for the exercise.
    """

    kind: Kind
    name: str = ""
    student: str
    solution: str
    keep: bool = False
    picture: bool = False
    outputs: tuple[Output, ...] = ()


class Tried(Strict):
    """Another solution of a part, and what its check said.

    Attributes:
        see: Where the lesson explains the mistake: a name that `{ref}` takes, or
            `misconception 2`.
        fault: What stopped it; None: it passed.
    """

    trial: Trial
    part: str
    name: str
    see: str = ""
    fault: Fault | None = None


class ExerciseRun(Strict):
    """An exercise that the build ran.

    Attributes:
        measured: Key → the value that the exercise quotes from this build.
        failed: Why its solution did not come through; empty if it did. Only builds that are not
            for publication go on with such an exercise.
    """

    name: str
    head: Head
    cells: tuple[CellRun, ...]
    tried: tuple[Tried, ...] = ()
    measured: dict[str, float] = Field(default_factory=dict)
    failed: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that students write, in order."""
        return tuple(cell.name for cell in self.cells if cell.kind == "exercise")

    @property
    def picture(self) -> Output | None:
        """The picture that stands for the exercise: of the marked cell, or else the last."""
        marked = [cell for cell in self.cells if cell.picture] or self.cells
        found = [one for cell in marked for one in cell.outputs if one.kind == "picture"]
        return found[-1] if found else None


class ExerciseClock(Strict):
    """How long an exercise took: seconds of processor time of the solution, imports included."""

    seconds: float
