"""What was said is kept once a moment, some days apart, bounded, and never behind."""

from datetime import datetime, timedelta

import pytest

from warehouse.connection import connect
from warehouse.scores import Kept, Told, record_scores
from warehouse.settings import Settings

START = datetime(2026, 1, 1, 23, 50)
KEPT = Kept(every_days=7, moments=3, customers=40)


@pytest.fixture
def shop(settings: Settings) -> Settings:
    settings.build_dir.mkdir(parents=True)
    with connect(settings.build_path) as build:
        build.execute("create schema staging; create schema ml")
        build.execute("create table staging.as_of (as_of_at timestamp)")
        build.execute("create schema predictions")
        build.execute(
            "create table predictions.sibling_predictions (customer_id varchar,"
            " prediction varchar, predicted_value double, model_version varchar,"
            " as_of_at timestamp)"
        )
        build.execute(
            "create table ml.propensity_scores as select 'c' || i as customer_id,"
            " null::timestamp as as_of_at, i / 100 as purchase_30d_probability,"
            " 10 - i // 10 as score_decile, 'v1' as model_version from range(100) t(i)"
        )
    return settings


def told_at(shop: Settings, moment: datetime, kept: Kept = KEPT) -> Told:
    """Score everybody at a moment, and keep what was said."""
    with connect(shop.build_path) as build:
        build.execute("delete from staging.as_of")
        build.execute("insert into staging.as_of values ($1)", [moment])
        build.execute("update ml.propensity_scores set as_of_at = $1", [moment])
    return record_scores(shop, f"run at {moment}", kept)


def moments(shop: Settings) -> list[tuple[datetime, int]]:
    with connect(shop.build_path, read_only=True) as build:
        return build.execute(
            "select as_of_at, count(distinct customer_id) from ledger.scores_told"
            " group by as_of_at order by as_of_at"
        ).fetchall()


def test_a_moment_is_kept_once_and_the_next_when_it_is_due(shop: Settings) -> None:
    """Seven midnights later, though the clock of that day stands a bit earlier."""
    due = (START + timedelta(days=7)).replace(hour=0)
    assert told_at(shop, START) == Told(40, 0)
    for early in (START, START + timedelta(hours=1), due - timedelta(hours=1)):
        assert told_at(shop, early) == Told()
    assert told_at(shop, due) == Told(40, 0)
    assert moments(shop) == [(START, 40), (due, 40)]


def test_a_run_of_the_past_adds_nothing(shop: Settings) -> None:
    told_at(shop, START)
    assert str(told_at(shop, START - timedelta(days=60))) == "no moment is due"
    assert moments(shop) == [(START, 40)]


def test_only_so_many_moments_are_kept(shop: Settings) -> None:
    weeks = [START + timedelta(days=7 * week) for week in range(5)]
    said = [str(told_at(shop, week)) for week in weeks]
    assert said[3:] == ["40 scores kept, 40 let go"] * 2
    assert [moment for moment, _ in moments(shop)] == weeks[2:]


def test_another_sample_each_time_and_nobodys_choice(shop: Settings) -> None:
    told_at(shop, START)
    told_at(shop, START + timedelta(days=7))
    with connect(shop.build_path, read_only=True) as build:
        [(both, mean)] = build.execute(
            "select count(*) - count(distinct customer_id), avg(probability)"
            " from ledger.scores_told"
        ).fetchall()
    assert 5 < both < 30
    assert mean == pytest.approx(0.495, abs=0.08)


def test_scores_of_another_moment_are_not_what_was_said_now(shop: Settings) -> None:
    told_at(shop, START)
    with connect(shop.build_path) as build:
        build.execute("update staging.as_of set as_of_at = as_of_at + interval 30 day")
    assert record_scores(shop, "stale", KEPT) == Told()
    assert moments(shop) == [(START, 40)]


def test_each_model_is_kept_by_itself_with_tenths_of_the_sample(
    shop: Settings,
) -> None:
    """What a ledger has of propensity alone stays, and holds up no sibling."""
    told_at(shop, START)
    with connect(shop.build_path) as build:
        for name in ("purchase_7d_probability", "churn_probability", "next_amount"):
            build.execute(
                "insert into predictions.sibling_predictions select customer_id, $1,"
                " purchase_30d_probability / 2, 's1', as_of_at"
                " from ml.propensity_scores where customer_id <> 'c99'",
                [name],
            )
    assert record_scores(shop, "second", KEPT) == Told(80, 0)
    assert record_scores(shop, "third", KEPT) == Told()
    with connect(shop.build_path, read_only=True) as build:
        found = build.execute(
            "select model_name, model_version, count(*), count(distinct score_decile),"
            " corr(score_decile, probability) < -0.9 from ledger.scores_told"
            " group by all order by all"
        ).fetchall()
        [(sizes,)] = build.execute(
            "select list(distinct n) from (select count(*) as n from ledger.scores_told"
            " where model_name = 'churn' group by score_decile)"
        ).fetchall()
    assert [row[:3] for row in found] == [
        ("churn", "s1", 40),
        ("purchase_30d", "v1", 40),
        ("purchase_7d", "s1", 40),
    ]
    assert [row[3:] for row in found if row[1] == "s1"] == [(10, True)] * 2
    assert sizes == [4]


def test_moments_of_one_model_are_let_go_without_those_of_another(
    shop: Settings,
) -> None:
    with connect(shop.build_path) as build:
        build.execute(
            "insert into predictions.sibling_predictions select customer_id,"
            " 'churn_probability', 0.5, 's1', $1 from ml.propensity_scores",
            [START],
        )
    weeks = [told_at(shop, START + timedelta(days=7 * week)) for week in range(4)]
    assert weeks == [Told(80, 0), Told(40, 0), Told(40, 0), Told(40, 40)]
    with connect(shop.build_path, read_only=True) as build:
        query = "select count(*) from ledger.scores_told where model_name = 'churn'"
        assert build.execute(query).fetchall() == [(40,)]
