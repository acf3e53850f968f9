"""One model in one run: the champion scores, or a challenger is trained and judged."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd

from ml.life.artifacts import Kept, pack, unpack
from ml.life.entrants import Seen
from ml.life.promotion import (
    FAULTS,
    Decision,
    Standing,
    decide,
    known_again,
    refused_again,
    said,
    shortfall,
)
from ml.spec import Frames, Trained
from orchestration.occasions import Occasion
from warehouse.artifacts import keep_artifact, read_artifact
from warehouse.model_states import model_rows
from warehouse.registry import Entry, Registry, now, register

SEED = 1


@dataclass(frozen=True)
class Life:
    """What a run has of one model: who scored what, and what was decided."""

    registry: Registry
    standing: Standing
    frames: Frames
    trained: Trained | None = None
    challenger: str = ""
    decision: Decision | None = None
    note: str = ""

    @property
    def champion(self) -> Entry | None:
        """The version that scored, as it was registered."""
        sound = self.standing.is_sound
        return self.registry.version(self.standing.version) if sound else None

    @property
    def told(self) -> str:
        """In words: what was decided, else who scored."""
        scored = f"{self.standing.version} scored." if self.standing.is_sound else ""
        told = self.decision.words if self.decision else scored
        return f"{told} {self.note}".strip()

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `ml.models` about it."""
        problem = self.standing.problem
        problems = {self.standing.version: problem} if problem else {}
        return model_rows(self.registry, problems)


def live(occasion: Occasion) -> Life:
    """Score with the champion; train first where that is asked for, or needed."""
    standing = _standing(occasion)
    if standing.is_sound and not _is_to_train(occasion):
        try:
            frames = occasion.score(standing)
            return Life(occasion.known, standing, frames, note=_not_asked(occasion))
        except FAULTS as error:
            standing = replace(standing, problem=said(error))
    return _train(occasion, standing)


def _standing(occasion: Occasion) -> Standing:
    """The champion, read and checked; what is wrong with it is told, and no more."""
    champion = occasion.known.champion(occasion.name)
    if champion is None:
        return Standing()
    version = champion.model_version
    try:
        content = read_artifact(occasion.run.settings, version)
        kept = unpack(content, champion.artifact, version)
        seen = Seen(champion.data_to_at, champion.test_at, champion.judged_to_at)
        return Standing(version, kept, seen=seen)
    except FAULTS as error:
        return Standing(version, problem=said(error))


def _is_to_train(occasion: Occasion) -> bool:
    """Where a champion stands: as asked, or once for a spec that is new."""
    is_new = _is_new_spec(occasion)
    return not occasion.is_behind and (occasion.run.is_to_retrain or is_new)


def _is_new_spec(occasion: Occasion) -> bool:
    """Whether nothing was trained by this spec since the champion was."""
    champion, trainings = occasion.known.champion(occasion.name), []
    for one in reversed(occasion.known.trainings()):
        trainings.append(one.spec_hash)
        if champion and one.model_version == champion.model_version:
            break
    return occasion.spec.hash() not in trainings


def _not_asked(occasion: Occasion) -> str:
    """Why a run that was asked to train did not: it looks from behind a decision."""
    if not (occasion.run.is_to_retrain and occasion.is_behind):
        return ""
    return f"Not trained: a training of {occasion.newest_at:%Y-%m-%d %H:%M} is known."


def _train(occasion: Occasion, standing: Standing) -> Life:
    spec, inputs = occasion.spec, occasion.inputs
    trained, fault = _trained(occasion, standing)
    if trained.state == "refused":
        return _refused(occasion, standing, trained)
    is_trained = trained.state == "trained"
    version = spec.version(SEED, trained.data) if is_trained else ""
    if standing.is_sound and occasion.known.version(version):
        decision = known_again(version, standing)
    else:
        decision = decide(spec, trained, standing, inputs, SEED)
    remark = trained.card.get("remark", "") if decision.is_promoted else ""
    words = " ".join(filter(None, (decision.words, remark, fault)))
    decision = replace(decision, words=words)
    if decision.is_promoted:
        champion = Standing(version, Kept(trained.estimator, trained.judged))
    else:
        champion = standing
    frames = occasion.score(champion)
    entry = _entry(occasion, trained, version, decision, standing.version)
    registry = _registered(occasion, trained, entry)
    return Life(registry, champion, frames, trained, version, decision)


def _refused(occasion: Occasion, standing: Standing, trained: Trained) -> Life:
    """What was refused before stays so: nothing is fitted, and nobody scores."""
    version = occasion.spec.version(SEED, trained.data)
    decision = refused_again(_shortfall(occasion, version), version, standing)
    frames = occasion.score(standing)
    return Life(occasion.known, standing, frames, decision=decision)


def _trained(occasion: Occasion, standing: Standing) -> tuple[Trained, str]:
    """Start from the champion; anew, and told, where one of a former spec is none."""
    spec, fault = occasion.spec, ""
    inputs = replace(occasion.inputs, is_refused=partial(_is_refused, occasion))
    if standing.kept is not None and standing.is_sound:
        try:
            return spec.train(inputs, standing.kept.estimator, SEED), ""
        except FAULTS as error:
            # What ails the inputs and not the champion is raised again below.
            problem = said(error).rstrip(".")
            fault = f"{standing.version} was no start for the training: {problem}."
    return spec.train(inputs, None, SEED), fault


def _is_refused(occasion: Occasion, data: str) -> bool:
    """Whether a training of this data was refused, and would be today.

    Who asks for a training gets one.
    """
    version = occasion.spec.version(SEED, data)
    return not occasion.run.is_to_retrain and bool(_shortfall(occasion, version))


def _shortfall(occasion: Occasion, version: str) -> str:
    """Why a version that is known may score nobody as of today; empty if it may."""
    former = occasion.known.version(version)
    if former is None:
        return ""
    return shortfall(occasion.spec, dict(former.card), occasion.inputs.allowed)


def _entry(
    occasion: Occasion, trained: Trained, version: str, decision: Decision, former: str
) -> Entry:
    data_from, data_to = trained.window or (None, None)
    return Entry(
        model_name=occasion.name,
        model_version=version,
        spec_hash=occasion.spec.hash(),
        as_of_at=occasion.moment,
        state=trained.state,
        reason=trained.reason,
        is_promoted=decision.is_promoted,
        decided_by=decision.decided_by,
        decision=decision.words,
        former_version=former,
        figures=decision.figures,
        data_from_at=_moment(data_from),
        data_to_at=_moment(data_to),
        test_at=_moment(trained.test_at),
        judged_to_at=_moment(trained.judged_to_at),
        card=trained.card,
    )


def _moment(told: pd.Timestamp | None) -> datetime | None:
    return told.to_pydatetime() if told else None


def _registered(occasion: Occasion, trained: Trained, entry: Entry) -> Registry:
    """What is known from now on; the artifact is whole before its entry is written."""
    known, settings = occasion.known, occasion.run.settings
    is_known = known.version(entry.model_version) is not None
    newest = known.trainings()[-1] if known.trainings() else None
    is_told = is_known or entry.says_as(newest)
    # Of another spec even a known version is news: else each run would train it.
    is_news = entry.is_promoted or not is_told or _is_new_spec(occasion)
    if not is_news:
        return known
    if not occasion.may_register:
        return known.plus(entry)
    if entry.model_version:
        content = pack(trained, f"ml/{occasion.spec.name}")
        sha256 = keep_artifact(settings, entry.model_version, content)
        entry = replace(entry, artifact=sha256)
    entry = replace(entry, recorded_at=now())
    register(settings, entry)
    return known.plus(entry)
