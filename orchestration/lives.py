"""One model in one run: the champion scores, or a challenger is trained and judged."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from ml.common.frames import empty
from ml.life.artifacts import Kept, pack, unpack
from ml.life.promotion import FAULTS, Decision, Standing, decide, known_again, said
from ml.spec import SCORING, Frames, Inputs, ModelSpec, Trained
from orchestration.run import Run
from warehouse.artifacts import keep_artifact, read_artifact
from warehouse.model_states import model_rows
from warehouse.registry import Entry, Registry, now, read_registry, register
from warehouse.settings import BUILD
from warehouse.tables import TableFrames, as_of

SEED = 1
# The names under which `ml.models` lists them, and the gates and marts know them.
REGISTERED = {
    "propensity": "purchase_30d",
    "propensity_7d": "purchase_7d",
    "propensity_90d": "purchase_90d",
    "clustering": "clusters",
}


@dataclass(frozen=True)
class Occasion:
    """A model at the moment of a run, and what may be known of it by then."""

    spec: ModelSpec
    run: Run
    moment: datetime
    known: Registry
    is_behind: bool

    @property
    def name(self) -> str:
        """The name under which it is registered."""
        return REGISTERED.get(self.spec.name, self.spec.name)

    @property
    def inputs(self) -> Inputs:
        """The tables that it reads, each when it is asked for."""
        frames = TableFrames(self.run.settings, self.spec.reads)
        return Inputs(frames, pd.Timestamp(self.moment))

    @property
    def may_register(self) -> bool:
        """A rebuild is a comparison, and a moment that has passed was decided on."""
        return self.run.build_name == BUILD and not self.is_behind

    def score(self, standing: Standing) -> Frames:
        """What the standing model says; empty frames where none can."""
        if standing.kept is None or not standing.is_sound:
            return {name: empty(one) for name, one in self.spec.outputs.items()}
        inputs = self.inputs
        batches = iter([inputs[SCORING]])
        estimator = standing.kept.estimator
        return self.spec.score(estimator, inputs, batches, standing.version)


@dataclass(frozen=True)
class Life:
    """What a run has of one model: who scored what, and what was decided."""

    registry: Registry
    standing: Standing
    frames: Frames
    trained: Trained | None = None
    challenger: str = ""
    decision: Decision | None = None

    @property
    def champion(self) -> Entry | None:
        """The version that scored, as it was registered."""
        sound = self.standing.is_sound
        return self.registry.version(self.standing.version) if sound else None

    @property
    def told(self) -> str:
        """In words: what was decided, else who scored."""
        scored = f"{self.standing.version} scored." if self.standing.is_sound else ""
        return self.decision.words if self.decision else scored

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `ml.models` about it."""
        problem = self.standing.problem
        problems = {self.standing.version: problem} if problem else {}
        return model_rows(self.registry, problems)


def occasion(spec: ModelSpec, run: Run) -> Occasion:
    """What a run of its moment may know of a model.

    Raises:
        TesseraError: the registry cannot be read, or nothing was built yet.
    """
    moment = as_of(run.settings)
    told = read_registry(run.settings).of(REGISTERED.get(spec.name, spec.name))
    known = told.as_of(moment)
    return Occasion(
        spec, run, moment, known, is_behind=len(known.entries) < len(told.entries)
    )


def live(now_of: Occasion) -> Life:
    """Score with the champion; train first where that is asked for, or needed."""
    standing = _standing(now_of)
    if standing.is_sound and not _is_to_train(now_of):
        try:
            return Life(now_of.known, standing, now_of.score(standing))
        except FAULTS as error:
            standing = replace(standing, problem=said(error))
    return _train(now_of, standing)


def _standing(now_of: Occasion) -> Standing:
    """The champion, read and checked; what is wrong with it is told, and no more."""
    champion = now_of.known.champion(now_of.name)
    if champion is None:
        return Standing()
    version = champion.model_version
    try:
        content = read_artifact(now_of.run.settings, version)
        return Standing(version, unpack(content, champion.artifact, version))
    except FAULTS as error:
        return Standing(version, problem=said(error))


def _is_to_train(now_of: Occasion) -> bool:
    """Where a champion stands: as asked, or once where the spec is another."""
    newest = now_of.known.trainings()[-1]
    is_new = newest.spec_hash != now_of.spec.hash()
    return not now_of.is_behind and (now_of.run.is_to_retrain or is_new)


def _train(now_of: Occasion, standing: Standing) -> Life:
    spec, inputs = now_of.spec, now_of.inputs
    sound = standing.kept if standing.is_sound else None
    trained = spec.train(inputs, sound.estimator if sound else None, SEED)
    is_trained = trained.state == "trained"
    version = spec.version(SEED, trained.data) if is_trained else ""
    if standing.is_sound and now_of.known.version(version):
        decision = known_again(version, standing)
    else:
        decision = decide(spec, trained, standing, inputs, SEED)
    if decision.is_promoted:
        champion = Standing(version, Kept(trained.estimator, trained.judged))
    else:
        champion = standing
    frames = now_of.score(champion)
    entry = _entry(now_of, trained, version, decision, standing.version)
    registry = _registered(now_of, trained, entry)
    return Life(registry, champion, frames, trained, version, decision)


def _entry(
    now_of: Occasion, trained: Trained, version: str, decision: Decision, former: str
) -> Entry:
    data_from, data_to = trained.window or (None, None)
    return Entry(
        model_name=now_of.name,
        model_version=version,
        spec_hash=now_of.spec.hash(),
        as_of_at=now_of.moment,
        state=trained.state,
        reason=trained.reason,
        is_promoted=decision.is_promoted,
        decided_by=decision.decided_by,
        decision=decision.words,
        former_version=former,
        figures=decision.figures,
        data_from_at=data_from.to_pydatetime() if data_from else None,
        data_to_at=data_to.to_pydatetime() if data_to else None,
        card=trained.card,
    )


def _registered(now_of: Occasion, trained: Trained, entry: Entry) -> Registry:
    """What is known from now on; the artifact is whole before its entry is written."""
    known, settings = now_of.known, now_of.run.settings
    is_known = known.version(entry.model_version) is not None
    newest = known.trainings()[-1] if known.trainings() else None
    is_news = entry.is_promoted or not (is_known or entry.says_as(newest))
    if not is_news:
        return known
    if not now_of.may_register:
        return known.plus(entry)
    if entry.model_version:
        content = pack(trained, f"ml/{now_of.spec.name}")
        sha256 = keep_artifact(settings, entry.model_version, content)
        entry = replace(entry, artifact=sha256)
    entry = replace(entry, recorded_at=now())
    register(settings, entry)
    return known.plus(entry)
