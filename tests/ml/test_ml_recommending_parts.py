"""Parts of recommendations beside plain oracles: EASE, ranking, histories, judging."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from ml.recommending.choice import (
    AT,
    FADES,
    FEWEST_JUDGES,
    Choice,
    Trial,
    choose,
    trial,
)
from ml.recommending.ease import ease
from ml.recommending.factors import REGULARIZATION, Folding, als
from ml.recommending.histories import Histories, coded, histories
from ml.recommending.model import Blend
from ml.recommending.ranking import best, blended
from tests.ml.tastes import NOW, act, shelf, shopping


@pytest.mark.parametrize(("seed", "width"), [(1, 1), (2, 7), (3, 300)])
def test_ease_is_what_its_definition_says(seed: int, width: int) -> None:
    random = np.random.default_rng(seed)
    touched = random.integers(0, 3, (40, width)).astype("float64")
    inverse = np.linalg.inv(touched.T @ touched + 50 * np.eye(touched.shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    found = ease(sparse.csr_matrix(touched.astype("float32")), ridge=50)
    assert found == pytest.approx(expected, abs=2e-4)


def test_ease_rebuilds_histories_best_of_all_with_a_zero_diagonal() -> None:
    random = np.random.default_rng(0)
    touched = (random.random((30, 6)) < 0.4).astype("float64")
    found = ease(sparse.csr_matrix(touched.astype("float32")), ridge=5).astype(
        "float64"
    )
    for column in range(6):
        others = np.arange(6) != column
        rest = touched[:, others]
        ridge = np.linalg.solve(
            rest.T @ rest + 5 * np.eye(5), rest.T @ touched[:, column]
        )
        assert found[others, column] == pytest.approx(ridge, abs=1e-4)


def _plainly(row: list[float], count: int) -> list[int]:
    able = [at for at, value in enumerate(row) if value > -np.inf]
    return sorted(able, key=lambda at: (-row[at], at))[:count]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    width=st.sampled_from([0, 1, 5, 64, 127, 200, 300]),
    count=st.integers(1, 4),
    values=st.sampled_from([1, 2, 6, 10_000]),
)
def test_the_best_are_those_of_a_plain_sort(
    seed: int, width: int, count: int, values: int
) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, values, (6, width)).astype("float32")
    scores[random.random(scores.shape) < random.random()] = -np.inf
    row, column = best(scores, count)
    expected = [
        (number, at)
        for number, one in enumerate(scores.tolist())
        for at in _plainly(one, count)
    ]
    assert list(zip(row.tolist(), column.tolist(), strict=True)) == expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from(["viewed", "carted", "bought"]),
            st.integers(1, 5),
        ),
        max_size=25,
    )
)
def test_histories_are_what_plain_counting_says(
    acts: list[tuple[int, int, str, int]],
) -> None:
    names = ["a", "b", "c"]  # the fourth product is in no catalogue
    rows = [act(f"p{who}", "abcd"[what], how, day) for who, what, how, day in acts]
    columns = ["customer_id", "product_id", "kind", "occurred_at", "weight"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["occurred_at"] = frame["occurred_at"].astype("datetime64[us]")
    past = histories(coded(frame, pd.Index(names)))
    found = {
        (past.people[person], names[product]): (pull, newer)
        for person, product, pull, newer in zip(
            past.person(), past.product, past.pull, past.newer, strict=True
        )
    }
    assert {key: one[0] for key, one in found.items()} == pytest.approx(_pulls(acts))
    last = {}
    for who, what, _, day in acts:
        key = f"p{who}", "abcd"[what]
        last[key] = min(day, last.get(key, 99))
    for key, (_, newer) in found.items():
        mine = [
            day for other, day in last.items() if other[0] == key[0] and other[1] < "d"
        ]
        assert newer == sum(day < last[key] for day in mine)


def _pulls(acts: list[tuple[int, int, str, int]]) -> dict[tuple[str, str], float]:
    weight = {"viewed": 1, "carted": 2, "bought": 3}
    pulls: dict[tuple[str, str], float] = {}
    for who, what, how in {one[:3] for one in acts if one[1] < 3}:
        often = sum(one[:3] == (who, what, how) for one in acts)
        key = f"p{who}", "abc"[what]
        pulls[key] = pulls.get(key, 0) + weight[how] * np.log2(1 + often)
    return pulls


def test_factors_fold_people_in_as_the_paper_has_them() -> None:
    random = np.random.default_rng(1)
    touched = sparse.csr_matrix((random.random((60, 30)) < 0.2).astype("float32"))
    factors = als(touched, seed=1)
    shared = factors.T @ factors + REGULARIZATION * np.eye(factors.shape[1])
    expected = touched @ factors @ np.linalg.inv(shared) @ factors.T
    folding = Folding(factors)
    assert folding.scores(touched) == pytest.approx(expected, abs=1e-4)
    # One person's score is the sum of what each entry says.
    own = touched[[0]].indices
    said = folding.links(own, np.full(len(own), 4)).sum()
    assert said == pytest.approx(expected[0, 4], abs=1e-4)


def _judges(seed: int) -> tuple[Histories, Trial]:
    rows = shopping(240, seed=seed, loyal=0.5)
    acts = coded(rows, pd.Index(shelf()["product_id"]))
    is_early = acts.at < (NOW - pd.Timedelta(days=60)).value // 1000
    past = histories(acts, is_early)
    return past, trial(past, histories(acts, ~is_early), seed=0)


def test_ndcg_is_what_its_definition_says() -> None:
    _, judges = _judges(1)
    scores = np.random.default_rng(0).random((1, judges.past.size)).astype("float32")
    found = judges.ndcg(lambda past: np.tile(scores, (len(past.people), 1)))
    for person in range(len(found)):
        seen = set(judges.past.rows(np.array([person])).product.tolist())
        wanted = set(judges.later[[person]].indices.tolist())
        assert wanted
        assert not wanted & seen
        open_to = [at for at in np.argsort(-scores[0]).tolist() if at not in seen][:AT]
        gained = sum(
            1 / np.log2(at + 2) for at, what in enumerate(open_to) if what in wanted
        )
        ideal = sum(1 / np.log2(at + 2) for at in range(min(len(wanted), AT)))
        assert found[person] == pytest.approx(gained / ideal)


class Guess:
    """A taste of pure chance, or of foresight: of those who choose, or of all."""

    def __init__(self, seed: int, foresight: float, known: list[Trial]) -> None:
        self.random = np.random.default_rng(seed)
        self.foresight = foresight
        # The half that chooses is asked once a fade, then the other one once.
        self.later = iter([one.later.toarray() for one in known])

    def scores(self, said: sparse.csr_matrix) -> np.ndarray:
        chance = self.random.random(said.shape)
        later = next(self.later, np.zeros(said.shape))
        return (chance + self.foresight * later).astype("float32")


def _choice(seed: int, foresight: float, times: tuple[int, int]) -> Choice:
    past, judges = _judges(seed % 5)
    assert len(judges.past.people) >= FEWEST_JUDGES
    now = int(past.latest.max())
    first, second = judges.halves(0)
    guess = Guess(seed, foresight, [first] * times[0] + [second] * times[1])
    return choose(judges, lambda days: past.popularity(days, now), guess)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 50), foresight=st.sampled_from([0.0, 0.3, 3.0]))
def test_no_choice_is_below_popularity_where_it_was_not_made(
    seed: int, foresight: float
) -> None:
    choice = _choice(seed, foresight, (len(FADES), 1))
    card, chosen = choice.card, choice.blend
    assert np.isinf(chosen.popularity) is not card["is_popularity_beaten"]
    if card["is_popularity_beaten"]:
        assert card["best_blend_ndcg"] > card["popularity_ndcg"]
        assert card["gain"] > 2 * card["gain_standard_error"]
    assert card["is_popularity_beaten"] or foresight < 3


def test_a_blend_that_only_its_choosers_bear_out_does_not_stand() -> None:
    assert not _choice(3, 3.0, (len(FADES), 0)).card["is_popularity_beaten"]


def test_few_choose_the_age_of_popularity_and_no_blend() -> None:
    past, judges = _judges(1)
    now = int(past.latest.max())
    few = Trial(judges.past.rows(np.arange(30)), judges.later[:30])
    choice = choose(few, lambda days: past.popularity(days, now), None)
    assert np.isinf(choice.blend.popularity)
    assert choice.card == {"judges": 30, "rule": choice.card["rule"]}
    assert "100 judge" in choice.card["rule"]


@pytest.mark.parametrize(("size", "chooses"), [(20, True), (19, False)])
def test_the_half_that_judges_does_not_choose_the_age(
    size: int, chooses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, judges = _judges(1)
    few = Trial(judges.past.rows(np.arange(size)), judges.later[:size])
    first, _ = few.halves(0)
    asked = []

    def ndcg(trial: Trial, _: object) -> np.ndarray:
        asked.append(trial.past.product.tolist())
        return np.zeros(1)

    monkeypatch.setattr(Trial, "ndcg", ndcg)
    choose(few, lambda days: past.popularity(days, 0), None)
    assert asked == [first.past.product.tolist()] * 5 * chooses


def test_popularity_alone_asks_no_taste() -> None:
    taste = np.random.default_rng(0).random((3, 4)).astype("float32")
    popularity = np.array([1.0, 0.5, 0.25, 0.0])
    scores = blended(taste, popularity, Blend())
    assert (scores == popularity.astype("float32")).all()
