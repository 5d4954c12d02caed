"""Jobs in turn, what is left of a build, and what a person sees of it."""

from __future__ import annotations

import inspect
import io
import json
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.logging import ColorizingTextHandler, DefaultFormatter
from snakemake.scheduling.greedy import Scheduler, SchedulerSettings
from snakemake_interface_logger_plugins.common import LogEvent

from pipelines.contracts.figure import FORM_NAMES
from pipelines.manifest import record_file
from pipelines.publishing.states import in_words
from pipelines.steering.durations import durations
from pipelines.steering.estimates import Clockwork, PlannedJob, earlier_seconds, shipped_seconds
from pipelines.steering.expecting import Plan
from pipelines.steering.order import Unknown, in_turn, keep_turns
from pipelines.steering.reports import report_of
from pipelines.steering.teller import EVENTS, Teller, hushed


def job(name: str, priority: float, cores: int = 1) -> SimpleNamespace:
    return SimpleNamespace(
        name=name, priority=priority, scheduler_resources={"_cores": cores}, input=[]
    )


def names(jobs: list[SimpleNamespace]) -> list[str]:
    return [one.name for one in jobs]


def test_smaller_jobs_wait_for_a_clock_whose_turn_it_is() -> None:
    jobs = [job("later", 100), job("clock_plane", 200, cores=2), job("first", 210)]
    assert names(in_turn(jobs, {"_cores": 1})) == ["clock_plane", "first"]
    assert names(in_turn(jobs, {"_cores": 2})) == ["later", "clock_plane", "first"]


def test_snakemakes_scheduler_keeps_turns() -> None:
    class Own(Scheduler):
        pass

    keep_turns(Own, Unknown)
    keep_turns(Own, Unknown)
    settings = SchedulerSettings(omit_prioritize_by_temp_and_input=True)
    scheduler = Own(None, settings, logging.getLogger())
    jobs = [job("later", 100), job("clock_plane", 200, cores=2)]
    assert scheduler.select_jobs(jobs, jobs, {"_cores": 1}, {}) == []
    assert names(scheduler.select_jobs(jobs, jobs, {"_cores": 2}, {})) == ["clock_plane"]
    plain = Scheduler(None, settings, logging.getLogger())
    assert names(plain.select_jobs(jobs, jobs, {"_cores": 1}, {})) == ["later"]


SECONDS = {"running": 90.0, "done": 1.0, "short": 30.0, "long": 200.0, "clock_plane": 20.0}


class Graph:
    """Jobs by name, as a plan of a build asks for them: 90 seconds of `running` began at 0."""

    def __init__(self) -> None:
        self.ids = {name: i for i, name in enumerate([*SECONDS, "unknown"])}
        self.works = Clockwork(
            {i: PlannedJob(i, name, name) for name, i in self.ids.items()},
            2,
            dict(enumerate(SECONDS.values())),
        )
        self.works.start(self.ids["running"], 0)
        self.works.took[self.ids["done"]] = 1.0

    def jobid(self, one: SimpleNamespace) -> int:
        return self.ids[one.name]

    @property
    def dependencies(self) -> Graph:
        return self

    def __getitem__(self, one: SimpleNamespace) -> list[SimpleNamespace]:
        return [job("running", 0), job("done", 0)]


def may_start(now: float, ready: bool) -> list[str]:
    """What may start beside `running`, while a clock waits, or will as soon as that ends."""
    graph, clock = Graph(), job("clock_plane", 200, cores=2)
    jobs = [job(name, 100) for name in ("short", "long", "unknown")]
    plan = Plan(graph.works, graph, lambda: now)
    return names(in_turn([*jobs, clock] if ready else jobs, {"_cores": 1}, [clock], plan))


def test_what_ends_before_the_running_job_may_start_beside_it() -> None:
    assert may_start(0, ready=True) == ["short", "clock_plane"]
    assert may_start(70, ready=True) == ["clock_plane"]


def test_a_clock_that_needs_only_what_runs_is_waited_for_if_that_ends_soon() -> None:
    assert may_start(0, ready=False) == ["short", "long", "unknown"]
    assert may_start(40, ready=False) == ["short"]
    assert may_start(70, ready=False) == []


def planned(*rules: str) -> dict[int, PlannedJob]:
    return {i: PlannedJob(i, rule, f"{rule}/{i}") for i, rule in enumerate(rules)}


def test_time_left_is_what_jobs_took_before() -> None:
    works = Clockwork(
        planned("train_plane", "train_plane", "draw_figure"), 2, {0: 60.0, 1: 60.0, 2: 4.0}
    )
    assert works.left(0) == pytest.approx(62)
    works.start(0, 0)
    assert works.left(30) == pytest.approx((30 + 60 + 4) / 2 + 13)  # no less than the longest
    works.finish(0, 90)
    assert works.left(90) == pytest.approx(90)  # it took half as long again: so will the next


def test_unknown_jobs_are_as_others_of_their_rule_and_too_many_say_nothing() -> None:
    works = Clockwork(planned("train_plane", "train_plane", "draw_figure"), 1, {0: 10.0, 2: 1.0})
    assert works.left(0) == pytest.approx(21)
    assert Clockwork(planned("train_plane", "draw_figure"), 1, {0: 10.0}).left(0) is None
    done = Clockwork(planned("train_plane"), 1, {})
    done.start(0, 0)
    done.finish(0, 5)
    assert done.left(5) is None


def test_a_clock_takes_all_processors() -> None:
    works = Clockwork({0: PlannedJob(0, "clock_plane", "c", threads=2)}, 2, {0: 20.0})
    assert works.left(0) == pytest.approx(20)


def record(records: Path, product: Path, seconds: float) -> None:
    told = {"rule": "x", "starttime": 100.0, "endtime": 100.0 + seconds}
    file = record_file(product, records)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told))


def test_seconds_come_from_earlier_builds_or_from_the_module(tmp_path: Path) -> None:
    build, records, shipped = (tmp_path / name for name in ("build", "records", "durations.json"))
    jobs = list(planned("train_plane", "train_plane").values())
    record(records, build / "train_plane/0", 12.34)
    record(records, build / "train_plane/1.timing.json", 12.34)
    assert earlier_seconds(jobs, build, records) == {0: pytest.approx(12.34)}
    assert durations(build, records) == {"train_plane/0": 12.3}
    shipped.write_text(json.dumps({"cores": 2, "seconds": durations(build, records)}))
    assert shipped_seconds(jobs, shipped) == {0: 12.3}
    assert shipped_seconds(jobs, tmp_path / "none.json") == {}


def test_a_job_is_known_by_the_first_of_its_products(tmp_path: Path) -> None:
    build, records = tmp_path / "build", tmp_path / "records"
    for form in FORM_NAMES:
        record(records, build / f"draft/one/figures/line.{form}.svg", 5.0)
    record(records, build / "draft/one/figures/line.json", 5.0)
    assert durations(build, records) == {"draft/one/figures/line.light.svg": 5.0}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (41, "41 s"),
        (89, "89 s"),
        (95, "2 min"),
        (3300, "55 min"),
        (3900, "1 h 05 min"),
    ],
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def event(name: str, **more: object) -> logging.LogRecord:
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, "", (), None)
    record.__dict__ |= {"event": LogEvent(name), **more}
    return record


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told_on(out: io.StringIO, log: Path) -> str:
    now = [0.0]
    teller = Teller(out, lambda: now[0])
    teller.begin(planned("train_plane", "render_lesson"), {0: 40.0, 1: 2.0}, 1)
    teller.handle(event("job_info", jobid=0, rule_msg="training toy-edm", rule_name="train_plane"))
    now[0] = 41.0
    teller.handle(event("job_finished", job_id=0))
    teller.handle(event("job_info", jobid=1, rule_msg="rendering a", rule_name="render_lesson"))
    teller.handle(
        event("job_error", jobid=1, rule_msg=None, rule_name="render_lesson", log=[str(log)])
    )
    teller.handle(event("job_error", jobid=9, rule_msg=None, rule_name="all", log=[]))
    return out.getvalue()


NOISY = """\
Loading weights: 100%|####| 40/40 [00:00<00:00]
please open an issue at https://example.org
lessons/m/a/plan.md:7:3: error ML401: nothing measured: `x`
    7 | {value}`x`
    remedy: check the spelling
in all 0.9 CPU-seconds
"""


def test_a_file_gets_one_line_for_what_ended(tmp_path: Path) -> None:
    log = tmp_path / "render.log"
    log.write_text(NOISY)
    told = told_on(io.StringIO(), log)
    assert "[1 of 2] training toy-edm (41 s)\n" in told
    assert "    1 of 2 done" in told
    assert "\x1b" not in told
    assert "FAILED  rendering a\nlessons/m/a/plan.md:7:3: error ML401" in told
    assert told.count("remedy:") == 1
    assert "Loading" not in told
    assert "issue" not in told
    assert f"all it said: {log}" in told


def test_a_terminal_has_a_line_for_the_whole(tmp_path: Path) -> None:
    log = tmp_path / "render.log"
    log.write_text(NOISY)
    told = told_on(Terminal(), log)
    assert "0 of 2 done · about 42 s left · now training toy-edm" in told
    assert "\r\x1b[K[1 of 2] training toy-edm (41 s)\n" in told
    assert "1 failed" in told


def test_reports_of_logs_without_a_report(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text("Traceback (most recent call last):\n  x\nValueError: \x1b[31mbad\n")
    assert "ValueError: \N{REPLACEMENT CHARACTER}[31mbad" in report_of(log)
    log.write_text("OSError: [Errno 28] No space left on device\n")
    assert "error: the disk is full\n    remedy: free some space" in report_of(log)
    assert "left no log" in report_of(tmp_path / "none.log")


def test_snakemakes_own_words_are_kept_unless_they_are_about_jobs() -> None:
    assert not any(hushed(event(name)) for name in EVENTS)
    for text, said in (
        ("Building DAG of jobs...", False),
        ("Unlocked working directory.", True),
        ("MissingInputException in rule x", True),
        ("RuleException:\nCalledProcessError in file x, line 1", False),
    ):
        record = logging.LogRecord("snakemake", logging.INFO, "", 0, text, (), None)
        assert hushed(record) is said
    handler = ColorizingTextHandler(stream=io.StringIO(), formatter=DefaultFormatter())
    handler.addFilter(hushed)
    handler.handle(event("progress", done=1, total=2))
    assert handler.stream.getvalue() == ""


def test_the_end_of_a_local_build_waits_for_no_timer() -> None:
    """Snakemake's scheduler starts one of a second for each of its rounds if it has a limit."""
    from snakemake.scheduling.job_scheduler import JobScheduler

    from pipelines.steering.begin import _end_at_once

    assert "if self.job_rate_limiter is not None" in inspect.getsource(JobScheduler.schedule)
    for local in (True, False):
        workflow = SimpleNamespace(local_exec=local, scheduler=SimpleNamespace())
        workflow.scheduler.job_rate_limiter = "a limit"
        _end_at_once(workflow)
        assert (workflow.scheduler.job_rate_limiter is None) == local
