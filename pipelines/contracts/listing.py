"""What became of a program that a lesson shows."""

from pipelines.contracts.files import Strict


class Picture(Strict):
    """A picture that a program saved; `png` are its bytes in base64."""

    name: str
    width: int
    height: int
    png: str


class Executed(Strict):
    """A program that ran to its end.

    Attributes:
        code: As the lesson shows it, with the repositories' names.
        models: Repository → the model of the build that was loaded in its place.
        printed: The lines of its standard output.
    """

    code: str
    models: dict[str, str]
    printed: tuple[str, ...]
    pictures: tuple[Picture, ...]
