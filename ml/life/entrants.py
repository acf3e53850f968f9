"""With which of its fits the champion enters a contest: the newest that is clean.

What scores has learned from every labelled moment. Where all that had closed by the
test it has seen nothing of it, and there it enters as it is: an older fit would be
beaten for its age. Else the fit of its own test enters, which knew less.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ml.life.artifacts import Kept
from ml.spec import Estimator


@dataclass(frozen=True)
class Seen:
    """What a champion has seen: until when it learned, and from when it was judged.

    Labels included, as the registry has it; None where that is not told. `judged_to_at`
    is until when what chose the settings of the judged fit looked, if beyond its test.
    """

    data_to_at: datetime | None = None
    test_at: datetime | None = None
    judged_to_at: datetime | None = None


@dataclass(frozen=True)
class Entrant:
    """The fit that enters, why in words, and both as figures for the record."""

    estimator: Estimator
    words: str
    figures: dict[str, Any]


def entrant(kept: Kept, seen: Seen, test_at: datetime | None) -> Entrant:
    """Return the champion's fit for a challenger's test, which begins at `test_at`.

    A fit is clean if what taught it had closed by then. If none is, the one that knew
    less enters: that favours the champion, which stays in case of doubt.
    """
    if test_at is None:
        return _entrant(kept.judged, "judged", None, "")
    if seen.data_to_at is not None and seen.data_to_at <= test_at:
        words = "The champion entered as it scores: it had seen nothing of the test."
        return _entrant(kept.estimator, "estimator", True, words)
    has_learned_before = seen.test_at is not None and seen.test_at <= test_at
    has_chosen_before = seen.judged_to_at is None or seen.judged_to_at <= test_at
    is_clean = has_learned_before and has_chosen_before
    words = "No fit of the champion is known not to have seen the test."
    if has_learned_before:
        words = (
            "The champion entered as it was once judged: what scores knows the test."
        )
        if not has_chosen_before:
            words += (
                " How it blends was chosen by some of what came then, and favours it."
            )
    return _entrant(kept.judged, "judged", is_clean, words)


def _entrant(
    estimator: Estimator, which: str, is_clean: bool | None, words: str
) -> Entrant:
    figures = {"champion_entered": which, "is_champion_clean": is_clean}
    return Entrant(estimator, words, figures)
