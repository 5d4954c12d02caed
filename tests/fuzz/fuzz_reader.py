"""Coverage-guided inputs for the reader; needs `atheris`, in an environment of its own.

    python tests/fuzz/fuzz_reader.py CORPUS -runs=20000

CORPUS is a folder: filled with the test plans if it is empty, and kept for the next time. All
other arguments are libFuzzer's. An input that breaks the reader is written to ./crash-*.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipelines"]):
    from harness import survive
    from pieces import LINES, REPEATED, seeds


def filled(folder: Path) -> None:
    """Put the test plans and the tokens into an empty corpus, and the tokens into a dictionary."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for number, data in enumerate([*seeds(), *(line.encode() for line in LINES)]):
            (folder / f"seed-{number:03}").write_bytes(data)
    entries = sorted({piece.encode() for piece in (*LINES, *REPEATED) if piece.strip()})
    words = ("".join(f"\\x{byte:02x}" for byte in entry[:60]) for entry in entries)
    dictionary(folder).write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")


def dictionary(folder: Path) -> Path:
    return folder.with_name(folder.name + ".dict")


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    corpus = Path(sys.argv[1])
    filled(corpus)
    options = [f"-dict={dictionary(corpus)}", "-timeout=30", "-max_len=20000"]
    atheris.Setup([sys.argv[0], str(corpus), *options, *sys.argv[2:]], survive_quietly)
    atheris.Fuzz()


def survive_quietly(data: bytes) -> None:
    survive(data)


if __name__ == "__main__":
    main()
