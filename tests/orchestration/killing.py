"""Runs that die: killed when a step reaches a place, or a little later."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, partialmethod
from typing import Any

import pytest
from dagster import JobDefinition

from ml.spec import discover
from orchestration.execution import Options, Outcome, execute
from tests.killing import FORK, die, killed, watch
from warehouse.progress import Progress, listening
from warehouse.settings import Settings
from warehouse.tables import read_frame

# The nodes of Dagster where they are not called as the steps that they record.
NODES = {**dict.fromkeys(discover(), "ml"), "publish": "publication"}
MODEL = "a model of dbt"


@dataclass(frozen=True)
class Moment:
    """When something befalls a run: in this step, at this place.

    The place is a function that is about to be called, or a list whose next entry is
    about to be taken, after so many calls or entries of this step; or else a `MODEL`
    that is about to be built, when so large a share of the step's models has been.
    """

    step: str
    place: str
    after: float = 0
    seconds: float = 0
    """So much later, in the midst of whatever happens then."""
    is_shown: bool = False
    """Whether readers get the new publication by then."""

    def __str__(self) -> str:
        """As the test is called."""
        later = f"+{self.seconds:.3f}s" if self.seconds else ""
        return f"{self.step}:{self.place.rsplit('.', 1)[-1]}:{self.after:g}{later}"


def killed_run(shop: Settings, moment: Moment, *, goes_on: bool = False) -> None:
    """Run in a child that gets SIGKILL at the moment; all, or from its step on."""
    killed(_run, shop, moment, partial(die, moment.seconds), goes_on, told=moment)


def refused_run(
    shop: Settings, moment: Moment, error: Exception, *, goes_on: bool = True
) -> str:
    """What a run says in which this error is raised at the moment."""
    fail = partial(_fail, error)
    with ProcessPoolExecutor(1, FORK) as child:
        refusal = child.submit(_run, shop, moment, fail, goes_on).exception()
    assert refusal is not None
    return str(refusal)


def run_in_child(shop: Settings) -> Outcome:
    """Run to the end, in a child as well: this process has no threads of a run then.

    Raises:
        TesseraError: the run did.
    """
    with ProcessPoolExecutor(1, FORK) as child:
        return child.submit(execute, shop, Options()).result()


def run_part(shop: Settings, step: str, options: Options) -> Outcome:
    """Run one step alone."""
    with pytest.MonkeyPatch.context() as patch:
        _select(patch, NODES.get(step, step))
        return execute(shop, options)


def _fail(error: Exception) -> None:
    raise error


def _run(
    shop: Settings, moment: Moment, befalls: Callable[[], None], goes_on: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, _watched(patch, moment, befalls):
        if goes_on:
            _go_on_from(patch, moment.step)
        execute(shop, Options())


def _go_on_from(patch: pytest.MonkeyPatch, step: str) -> None:
    """Let the run begin with a step, as if all before it were of the same run."""

    def of_all_runs(settings: Settings, _: str) -> list[dict[Any, Any]]:
        return read_frame(settings, "ops.gate_results").to_dict("records")

    patch.setattr("orchestration.gates.run_gates", of_all_runs)
    _select(patch, f"{NODES.get(step, step)}*")


def _select(patch: pytest.MonkeyPatch, nodes: str) -> None:
    whole = JobDefinition.execute_in_process
    part = partialmethod(whole, op_selection=[nodes])
    patch.setattr(JobDefinition, "execute_in_process", part)


@contextmanager
def _watched(
    patch: pytest.MonkeyPatch, moment: Moment, befalls: Callable[[], None]
) -> Iterator[None]:
    """Let it happen at the moment."""
    step, seen = "", 0

    def listen(told: Progress) -> None:
        nonlocal step
        step = told.step
        is_there = told.part and told.index > moment.after * told.total
        if moment.place == MODEL and step == moment.step and is_there:
            befalls()

    def pass_by() -> None:
        nonlocal seen
        if step == moment.step:
            seen += 1
            if seen == moment.after + 1:
                befalls()

    if moment.place != MODEL:
        watch(patch, moment.place, pass_by)
    with listening(listen):
        yield
