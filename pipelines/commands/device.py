"""`device BUILD`: a build on another device beside the module's reference, as a dated measurement.

Each number that both have is held against its tolerance; each claim about such numbers is decided
anew with them, without margins; networks of the sizes of Stable Diffusion 1.5 and SDXL are timed
on the device. `make gpu-check` builds what it takes and calls this.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.files import read_json, write_text

if TYPE_CHECKING:  # the command line starts without them
    from pipelines.contracts.evidence import Evidence, Number
    from pipelines.contracts.measurement import Fact, Ledger, Measurement
    from pipelines.verification.numbers import NumberPair

_MOST = 20  # numbers in the table: those farthest from the reference's


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build, its module, the device and the report."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=20, help="of each timing; 0: time nothing")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.md")


def run(args: argparse.Namespace) -> int:
    """Compare, time, and write the measurement; return 1 if a claim is decided otherwise."""
    from pipelines.contracts.evidence import REFERENCE, load_reference
    from pipelines.evaluation.hardware import hardware
    from pipelines.verification.numbers import compare_numbers

    reference = load_reference(args.module / REFERENCE)
    here = dict(numbers_of(args.build))
    both = sorted(here.keys() & reference.numbers.keys())
    pairs = compare_numbers(
        {key: reference.numbers[key] for key in both}, {key: here[key] for key in both}
    )
    turned = list(turned_claims(args.module, reference, here))
    seconds = timed_shapes(args.device, args.rounds) if args.rounds else ()
    told = {**hardware(args.device), "date": datetime.now(UTC).date().isoformat()}
    write_text(args.out, "\n".join(report(reference, pairs, turned, seconds, told)) + "\n")
    print(f"{len(both)} numbers, {len(turned)} claims decided otherwise: {args.out}")
    return int(bool(turned))


def numbers_of(build: Path) -> Iterator[tuple[str, Number]]:
    """Yield what a build has measured, whether or not it has ended."""
    from pipelines.contracts.measurement import Measurements
    from pipelines.verification.evidence import number_of

    for file in sorted((build / "measurements").glob("*.json")):
        for row in Measurements.model_validate(read_json(file)).root:
            yield row.key, number_of(row)


def turned_claims(
    module: Path, reference: Evidence, here: Mapping[str, Number]
) -> Iterator[tuple[str, str]]:
    """Yield the claims that are decided otherwise with these numbers, each with its check."""
    from pipelines.blocks.claim import Claim
    from pipelines.claims import evaluate, missing, parse_check
    from pipelines.commands.surroundings import Modules
    from pipelines.contracts.blocks import walk
    from pipelines.module.survey import quick_catalog
    from pipelines.publishing.page_inputs import read_lesson

    modules = Modules(quick_catalog)
    for file in sorted(module.glob("*/plan.md")):
        plan, _ = read_lesson(file)
        facts = modules.around(plan, file)[0]
        before = _ledger(reference.numbers, facts)
        after = _ledger({**reference.numbers, **here}, facts)
        claims = (one for one in walk(plan) if isinstance(one, Claim))
        for claim, check in ((c, check) for c in claims for check in (c.check, c.fails) if check):
            expression = parse_check(check)
            known = not missing(expression, before) and here.keys() & set(expression.keys)
            if known and evaluate(expression, before) != evaluate(expression, after):
                yield f"{plan.id}:{claim.id}", check


def _ledger(numbers: Mapping[str, Number], facts: dict[str, Fact]) -> Ledger:
    from pipelines.contracts.measurement import Ledger, Measurement, Producer

    rows = {
        key: Measurement(key=key, value=one.value, produced_by=Producer(rule="device"))
        for key, one in numbers.items()
    }
    return Ledger(preset="", publish=True, measurements=rows, facts=facts)


def timed_shapes(device: str, rounds: int) -> Sequence[Measurement]:
    """Return what steps of published sizes take on a device, in half precision on a GPU."""
    import torch

    from pipelines.contracts.measurement import Producer
    from pipelines.evaluation.latent.published_shapes import SHAPES, runs_of
    from pipelines.evaluation.timing import timed

    dtype = torch.float16 if device.startswith("cuda") else torch.float32
    rows: list[Measurement] = []
    for shape in SHAPES:
        runs = list(runs_of(shape, device, dtype))
        rows += timed(runs, rounds, Producer(rule="device"), device)
    return rows


def report(
    reference: Evidence,
    pairs: Mapping[str, NumberPair],
    turned: Sequence[tuple[str, str]],
    seconds: Iterable[Measurement],
    told: Mapping[str, str],
) -> Iterator[str]:
    """Yield the lines of the measurement, in Markdown."""
    from pipelines.verification.numbers import Status

    counts = Counter(pair.status for pair in pairs.values())
    each = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    yield f"# The course on {told.get('device', told['cpu'])}, {told['date']}"
    yield ""
    yield f"On {', '.join(f'{name} {value}' for name, value in told.items() if name != 'date')}."
    yield f"Against the reference of {reference.made}: {len(pairs)} numbers, {each or 'none'}."
    yield ""
    yield f"Claims decided otherwise: {len(turned) or 'none'}."
    yield from (f"- `{name}`: `{check}`" for name, check in turned)
    yield from ("", "| number | reference | here | tolerance | in tolerances |")
    yield "|---|---:|---:|---:|---:|"
    for pair in sorted(pairs.values(), key=lambda pair: -pair.distance)[:_MOST]:
        tolerance = "unknown" if pair.tolerance is None else f"{pair.tolerance:.2g}"
        values = f"{pair.one:.4g} | {pair.other:.4g}"
        yield f"| `{pair.key}` | {values} | {tolerance} | {pair.distance:.2f} |"
    yield from ("", "| networks of published sizes, random weights | median s | spread | n |")
    yield "|---|---:|---:|---:|"
    for row in seconds:
        yield f"| `{row.key}` | {row.value:.4f} | {row.spread or 0:.4f} | {row.n} |"
