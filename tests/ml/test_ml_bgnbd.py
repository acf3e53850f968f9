"""BG/NBD finds the parameters that made its data, and those that were published."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.common.bgnbd import BgNbd, Histories, fit
from ml.common.encoding import signed_log1p
from ml.common.labelled import Labelled
from ml.common.returning import NAMES, READS, add_chance, learn

TRUE = BgNbd(r=0.8, alpha=40.0, a=0.7, b=2.5)
DAYS = 30.0


def simulated(count: int, seed: int) -> tuple[Histories, np.ndarray]:
    """Buyers who live by TRUE, told day by day, and whether they buy in the next 30."""
    random = np.random.default_rng(seed)
    age = random.uniform(60, 400, count)
    rate = random.gamma(TRUE.r, 1 / TRUE.alpha, count)
    lost = random.beta(TRUE.a, TRUE.b, count)
    repeats, last, buys = np.zeros(count), np.zeros(count), np.zeros(count, bool)
    for one in range(count):
        moment = 0.0
        while random.random() >= (lost[one] if moment else 0.0):
            moment += random.exponential(1 / rate[one])
            if moment > age[one]:
                buys[one] = moment <= age[one] + DAYS
                break
            repeats[one], last[one] = repeats[one] + 1, moment
    return Histories(repeats, last, age), buys


@pytest.fixture(scope="module")
def world() -> tuple[Histories, np.ndarray]:
    return simulated(6_000, seed=1)


def test_what_made_the_data_is_found_and_foretells_it(world) -> None:
    buyers, buys = world
    found = fit(buyers)
    assert found is not None
    assert found.r == pytest.approx(TRUE.r, rel=0.15)
    assert found.alpha == pytest.approx(TRUE.alpha, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.7 / 3.2, rel=0.15)
    for model in (TRUE, found):
        said = model.buys_within(DAYS, buyers)
        for part in np.array_split(np.argsort(said), 5):
            band = 3 * np.sqrt((said[part] * (1 - said[part])).sum()) / len(part)
            assert abs(said[part].mean() - buys[part].mean()) < band + 0.005


def test_the_published_parameters_of_cdnow(shared_data: Path) -> None:
    """Fader, Hardie and Lee 2005, table 2: one buyer in ten, in weeks."""
    table = shared_data / "transactions_cdnow" / "cdnow_customers_summary.parquet"
    told = pd.read_parquet(table)
    columns = (told[name].to_numpy("float64") for name in ("frequency", "recency", "T"))
    buyers = Histories(*columns)
    found = fit(buyers)
    assert found is not None
    published = (0.243, 4.414, 0.793, 2.426)
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx(
        published, abs=0.001
    )
    assert found.log_likelihood(buyers).sum() == pytest.approx(-9582.4, abs=0.1)


def test_who_bought_once_is_alive_and_yet_unlikely_to_return() -> None:
    once_long_ago, often = (
        Histories(*(np.array([value]) for value in told))
        for told in ((0.0, 0.0, 400.0), (9.0, 390.0, 400.0))
    )
    assert TRUE.alive(once_long_ago) == 1.0
    assert TRUE.buys_within(DAYS, once_long_ago) < TRUE.buys_within(DAYS, often) / 3
    assert TRUE.buys_within(0.0, often) == 0.0


def test_extreme_histories_stay_probabilities() -> None:
    random = np.random.default_rng(0)
    buyers = Histories(
        np.array([0.0, 1.0, 5_000.0]), np.array([0.0, 0.0, 3_649.0]), np.full(3, 3650.0)
    )
    for logs in random.uniform(-5, 5, (20, 4)):
        said = BgNbd(*np.exp(logs)).buys_within(90, buyers)
        assert ((said >= 0) & (said <= 1)).all()


def test_too_few_who_came_back_leave_the_column_out(world) -> None:
    buyers, _ = world
    first = np.flatnonzero(buyers.repeats == 0)
    assert fit(buyers[first]) is None
    rows = labelled(Histories(*(x[first] for x in vars(buyers).values())))
    assert learn(rows) == {}
    assert add_chance(rows, {}, 30).sources == READS


def test_the_columns_tell_the_odds_and_leave_who_never_bought_at_even(world) -> None:
    buyers, _ = world
    rows = labelled(buyers)
    rows.values[0] = (0.0, 3650.0, 3650.0)
    rhythm = learn(rows)
    told = add_chance(rows, rhythm, 30)
    assert told.sources == (*READS, *NAMES)
    assert not told.values[0, -2:].any()
    # As a classifier sees them: the logarithm passes log odds as they are.
    said = 1 / (1 + np.exp(-signed_log1p(told.values[1:, -2:])))
    model = BgNbd(**rhythm)
    expected = np.column_stack([model.buys_within(30, buyers), model.alive(buyers)])
    np.testing.assert_allclose(said, np.clip(expected[1:], 0, 1), atol=2e-6)


def labelled(buyers: Histories) -> Labelled:
    """The histories as the columns that customers come with."""
    columns = (buyers.repeats + 1, buyers.age, buyers.age - buyers.last)
    size = len(buyers.age)
    return Labelled(pd.DataFrame(), np.column_stack(columns), np.zeros(size), READS)
