"""Who scores from now on: the rule by which a trained model takes the place or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ml.life.artifacts import Kept
from ml.life.entrants import Entrant, Seen, entrant
from ml.spec import Card, Contest, Inputs, ModelSpec, Trained, Verdict
from warehouse.errors import TesseraError

Why: TypeAlias = Literal[
    "first", "contest", "newest", "replaced", "floor", "data", "known"
]
UNHEARD = "So nobody is scored; it is trained again with other data or as another spec."
# What a champion of a former spec or library may raise where it is asked today.
FAULTS = (
    *(TesseraError, ArithmeticError, AttributeError, ImportError, LookupError),
    *(TypeError, ValueError),
)


@dataclass(frozen=True)
class Standing:
    """The champion as a run finds it: none, sound, or with a problem in words."""

    version: str = ""
    kept: Kept | None = None
    problem: str = ""
    seen: Seen = field(default_factory=Seen)

    @property
    def is_sound(self) -> bool:
        """Whether it can score, as far as is known."""
        return self.kept is not None and not self.problem


@dataclass(frozen=True)
class Decision:
    """Whether the trained model scores from now on, why in words, and the figures."""

    is_promoted: bool
    decided_by: Why
    words: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def decide(
    spec: ModelSpec, trained: Trained, standing: Standing, inputs: Inputs, seed: int
) -> Decision:
    """Return the decision on a trained model; the champion stays in case of doubt."""
    stays = _stays(standing)
    if trained.state != "trained":
        return Decision(False, "data", f"{trained.reason} {stays}".strip())
    poor = shortfall(spec, trained.card, inputs.allowed)
    if poor:
        return Decision(False, "floor", f"{poor} {stays or UNHEARD}")
    if standing.problem:
        return _replaced(standing.version, standing.problem)
    if standing.kept is None:
        return Decision(True, "first", "The first model above its quality floor.")
    if spec.contest is None:
        return Decision(True, "newest", "The newest model above its quality floor.")
    champion = entrant(standing.kept, standing.seen, trained.test_at)
    try:
        verdict = spec.contest(champion.estimator, trained.judged, inputs, seed)
    except FAULTS as error:
        problem = said(error)
        if _is_sound(spec.contest, trained, inputs, seed):
            return _replaced(standing.version, problem)
        words = f"The contest came to nothing: {problem.rstrip('.')}. {stays}"
        return Decision(False, "contest", words)
    return _judged(verdict, champion, stays)


def _is_sound(contest: Contest, trained: Trained, inputs: Inputs, seed: int) -> bool:
    """Whether the challenger can be judged: else it is not the champion that fails."""
    try:
        contest(trained.judged, trained.judged, inputs, seed)
    except FAULTS:
        return False
    return True


def refused_again(poor: str, version: str, standing: Standing) -> Decision:
    """Return the decision on data of which `version` was made, and refused.

    It was not fitted again; `poor` says what is wrong with it.
    """
    words = f"Not fitted again: of the same data it is {version}. {poor}"
    return Decision(False, "known", f"{words} {_stays(standing) or UNHEARD}")


def known_again(version: str, standing: Standing) -> Decision:
    """Return the decision on a version that was judged before.

    A person may have decided otherwise since: it is not judged again.
    """
    words = f"Trained anew, it is {version} again, which was judged before."
    return Decision(False, "known", f"{words} {_stays(standing)}")


def said(error: BaseException) -> str:
    """An error in one line."""
    if isinstance(error, TesseraError):
        return str(error)
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _judged(verdict: Verdict, champion: Entrant, stays: str) -> Decision:
    ends = "The challenger takes the place." if verdict.is_better else stays
    words = " ".join(filter(None, (verdict.rule, champion.words, ends)))
    figures = {**verdict.figures, **champion.figures}
    return Decision(verdict.is_better, "contest", words, figures)


def _replaced(version: str, problem: str) -> Decision:
    words = f"The champion {version} cannot be used any more: {problem}"
    return Decision(True, "replaced", f"{words.rstrip('.')}. It is replaced.")


def _stays(standing: Standing) -> str:
    if standing.is_sound:
        return f"The champion {standing.version} stays."
    if standing.problem:
        problem = standing.problem.rstrip(".")
        return f"And the champion {standing.version} cannot be used: {problem}."
    return ""


def shortfall(spec: ModelSpec, card: Card, allowed: Mapping[str, float]) -> str:
    """Return in words why what has this card may score nobody; empty if it may.

    `allowed` are the highest figures that the gates let through.
    """
    return _below(spec, card) or _beyond(card, allowed)


def _below(spec: ModelSpec, card: Card) -> str:
    if card["is_above_floor"]:
        return ""
    figures = card.get("metrics", {})
    told = (
        f"{name} {figures[name]:.3f} (at least {least:g})"
        for name, least in spec.quality_floor.items()
        if name in figures
    )
    return f"It is below its quality floor: {', '.join(told) or 'see its card'}."


def _beyond(card: Card, allowed: Mapping[str, float]) -> str:
    """What no gate would let through: else the first model would stop publications."""
    told = (
        f"{name} {found:.3f} (at most {most:g})"
        for name, most in allowed.items()
        if (found := _at_least(card, name)) is not None and found > most
    )
    said = ", ".join(told)
    return f"The shop's profile does not allow it: {said}." if said else ""


def _at_least(card: Card, name: str) -> float | None:
    """What a figure of the card is beyond doubt: the low end of its interval."""
    low, _ = card.get("intervals", {}).get(name, (None, None))
    figure = card.get("metrics", {}).get(name) if low is None else low
    return None if figure is None else float(figure)
