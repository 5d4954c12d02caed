"""What a page says of the processors behind its results."""

from __future__ import annotations

from pipelines.pages.machines import made_on

HERE = {"cpu": "Xeon", "arithmetic": "AVX512", "threads": "1", "torch": "2"}
OLD = HERE | {"arithmetic": "AVX2"}
GPU = HERE | {"device": "NVIDIA H200"}


def test_all_on_the_processor_of_the_page() -> None:
    told = made_on([HERE, HERE | {"threads": "8"}], "Xeon")
    assert told.endswith("measured on the processor that made this page: Xeon, AVX512.")


def test_results_of_another_processor_are_counted() -> None:
    told = made_on([HERE, HERE, HERE | {"cpu": "Ryzen"}], "Xeon")
    assert "made on Xeon; not all of its results were." in told
    assert "2 on Xeon, AVX512; 1 on Ryzen, AVX512." in told
    assert "not all of its results were" in made_on([HERE], "Ryzen")


def test_another_arithmetic_or_a_gpu_is_another_machine() -> None:
    assert "1 on Xeon, AVX512; 1 on Xeon, AVX2." in made_on([HERE, OLD], "Xeon")
    assert "1 on NVIDIA H200, Xeon, AVX512." in made_on([HERE, GPU], "Xeon")


def test_nothing_measured_nothing_told() -> None:
    assert made_on([], "Xeon") == ""
