"""The mutations are about the source as it is, and spare no method, sampler, schedule or score."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from mutations import KINDS, ROOT, Mutation, read_mutations

from pipelines.contracts.keys import SPACINGS
from pipelines.contracts.metrics import METRICS as KNOWN
from pipelines.diffusion.samplers import ETAS, ODE_SAMPLERS
from pipelines.evaluation.plane.scores import METRICS
from pipelines.registry import LATENT_METHODS, METHODS

MUTATIONS = read_mutations()
OF = Counter(mutation.of for mutation in MUTATIONS)


@pytest.mark.parametrize("file", sorted({mutation.file for mutation in MUTATIONS}))
def test_what_is_replaced_stands_there_once_and_leaves_a_program(file: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    for mutation in MUTATIONS:
        if mutation.file == file:
            mutated = mutation.applied(source)
            assert ast.dump(ast.parse(mutated)) != ast.dump(ast.parse(source)), mutation.name


def test_each_has_a_name_a_kind_and_a_test_that_exists() -> None:
    assert [name for name, count in Counter(m.name for m in MUTATIONS).items() if count > 1] == []
    assert {mutation.kind for mutation in MUTATIONS} <= set(KINDS)
    texts = {m.test.partition("::")[0]: "" for m in MUTATIONS}
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for file in texts}
    for mutation in MUTATIONS:
        file, _, name = mutation.test.partition("::")
        assert f"def {name.partition('[')[0]}(" in texts[file], mutation.name


def test_no_method_sampler_or_score_is_spared() -> None:
    methods = {*METHODS, *(name for name, one in LATENT_METHODS.items() if one.module)}
    assert [name for name in sorted(methods) if OF[name] < 3] == []
    samplers = {*ODE_SAMPLERS, *ETAS, "consistency", "flow_map", "generate"}
    assert [name for name in sorted(samplers) if not OF[name]] == []
    pictures = {"frechet", "sharpness", "clipped", "diversity"}
    assert pictures <= KNOWN.keys()
    scores = {name.removesuffix("_distance") for name in METRICS} | pictures | {"kernel_distance"}
    seen = {name.removesuffix("_distance") for name in OF} | OF.keys()
    assert scores - seen == set()
    assert OF["timestep_spacing"] and SPACINGS


def test_a_mutation_of_a_changed_source_is_named() -> None:
    of = {"of": "x", "kind": "sign", "file": "a.py", "new": "-", "test": "t"}
    with pytest.raises(ValueError, match=r"a-name: `\+` stands 2 times in a\.py"):
        Mutation(name="a-name", old="+", **of).applied("1 + 1 + 1")
    assert Mutation(name="a-name", old="+", **of).applied("1 + 1") == "1 - 1"


def test_the_folder_holds_nothing_else() -> None:
    kinds = {path.suffix for path in Path(__file__).parent.iterdir() if path.is_file()}
    assert kinds == {".py", ".yaml"}
