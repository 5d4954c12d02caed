"""`measured-lessons`: lint, read, mend and render plans, compare builds."""

import argparse
import gc
import importlib
import os
import sys

from pipelines.contracts.problems import InputProblems

# verb → help; pipelines/commands/<verb>.py names its arguments (`add`) and does it (`run`)
VERBS = {
    "lint": "problems, with file, line and remedy",
    "parse": "the typed plan",
    "repair": "a diff that mends damaged text; nothing is rewritten without --write",
    "format": "the plan in normal form, with nothing left to guess",
    "render": "page, short way and review of one plan",
    "review": "merge a round of review into its plan; what is open",
    "index": "where each concept of a folder's plans is introduced, developed, applied",
    "new": "a plan to begin with, or an exercise",
    "check": "what a student has written, against the exercise's own checks",
    "schema": "JSON Schema of the typed plan",
    "base": "take the base that a build has trained as one to publish",
    "results": "publish what a build has measured, so that others need not train it",
    "repetitions": "keep what repeated trainings measured",
    "sampling": "keep how many pictures each system needs",
    "methods": "a table of all methods: paper, differences, cost, claims",
    "schedule": "how long a build takes on how many workers, simulated",
    "reference": "keep the evidence of a build, to verify others against",
    "device": "what another device changes: numbers, verdicts, seconds of published shapes",
    "claims": "which claims hold by the numbers of a build",
    "bundle": "a build as one archive for independent review",
    "verify": "does one build reproduce another, within its tolerances?",
}


def parser(verb: str = "") -> argparse.ArgumentParser:
    """Return the command's parser; only the arguments of `verb` are known, to start quickly."""
    top = argparse.ArgumentParser(prog="measured-lessons", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    for name, text in VERBS.items():
        one = verbs.add_parser(name, help=text)
        if name == verb:
            module = importlib.import_module(f"pipelines.commands.{name}")
            one.description = module.__doc__
            module.add(one)
            one.set_defaults(run=module.run)
    return top


def quick_start() -> None:
    """Spare a process of our own a look for pydantic's plugins, and the collector's first rounds.

    Modules and classes stay until the end, and a command makes trees without cycles.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(100_000)


def main(argv: list[str] | None = None) -> int:
    """Run one verb; return the exit status: 0 good, 1 problems, 2 wrong usage."""
    if argv is None:
        quick_start()
    words = sys.argv[1:] if argv is None else argv
    args = parser(words[0] if words else "").parse_args(words)
    try:
        return int(args.run(args))
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "pipelines":
            raise
        print(f"{error.name} is missing: pip install 'measured-lessons[build]'", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, `head` say, has had enough
        sys.stdout = None
        return 1
    except FileNotFoundError as error:
        print(f"{error.filename}: no such file", file=sys.stderr)
        return 2
    except PermissionError as error:
        print(f"{error.filename}: may not be read or written", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, a file in a folder's place, a name that is too long
        print(f"{error.filename or args.verb}: {error.strerror}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
