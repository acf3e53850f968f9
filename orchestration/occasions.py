"""What a run may know of one model at its moment, and what it may decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from expectations.engine.profiles import load_profile
from ml.common.frames import empty
from ml.life.promotion import Standing
from ml.spec import SAMPLE, SCORING, Frames, Inputs, ModelSpec, Place
from orchestration.run import Run
from warehouse.registry import Registry, read_registry
from warehouse.settings import BUILD
from warehouse.tables import TableFrames, as_of, read_batches
from warehouse.variables import variables

# The names under which `ml.models` lists them, and the gates and marts know them.
REGISTERED = {
    "propensity": "purchase_30d",
    "propensity_7d": "purchase_7d",
    "propensity_90d": "purchase_90d",
    "clustering": "clusters",
}
# PSI sees in so many customers what it would see in all of them.
SAMPLED_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Occasion:
    """A model at the moment of a run, and what may be known of it by then."""

    spec: ModelSpec
    run: Run
    moment: datetime
    known: Registry
    newest_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name under which it is registered."""
        return REGISTERED.get(self.spec.name, self.spec.name)

    @property
    def is_behind(self) -> bool:
        """Whether something was decided at a later moment than the run's."""
        return self.newest_at is not None and self.newest_at > self.moment

    @cached_property
    def inputs(self) -> Inputs:
        """The tables that it reads, each when it is asked for."""
        settings = self.run.settings
        known = {**variables(settings.project_dir), **self.run.variables}
        frames = TableFrames(settings, self.spec.reads, {SAMPLE: SAMPLED_CUSTOMERS})
        return Inputs(
            frames,
            pd.Timestamp(self.moment),
            known,
            self._allowed,
            cards={name: dict(card) for name, card in self.known.cards().items()},
            places=[
                Place(one.model_version, one.as_of_at.isoformat(), one.is_by_hand)
                for one in self.known.entries
                if one.is_promoted
            ],
        )

    @property
    def _allowed(self) -> Mapping[str, float]:
        """What the gates let through of a card, as the shop's profile has it."""
        most = load_profile(self.run.gate_profile).calibration(self.name).maximum
        return {} if most is None else {"ece": most}

    @property
    def may_register(self) -> bool:
        """A rebuild is a comparison, and a moment that has passed was decided on."""
        return self.run.build_name == BUILD and not self.is_behind

    def score(self, standing: Standing) -> Frames:
        """What the standing model says; empty frames where none can."""
        if standing.kept is None or not standing.is_sound:
            return {name: empty(one) for name, one in self.spec.outputs.items()}
        estimator, table = standing.kept.estimator, self.spec.reads[SCORING]
        settings = self.run.settings
        with read_batches(settings, table, key="customer_id") as batches:
            return self.spec.score(estimator, self.inputs, batches, standing.version)


def occasion(spec: ModelSpec, run: Run) -> Occasion:
    """What a run of its moment may know of a model.

    Raises:
        TesseraError: the registry cannot be read, or nothing was built yet.
    """
    moment = as_of(run.settings)
    told = read_registry(run.settings).of(REGISTERED.get(spec.name, spec.name))
    newest_at = max((one.as_of_at for one in told.entries), default=None)
    return Occasion(spec, run, moment, told.as_of(moment), newest_at)
