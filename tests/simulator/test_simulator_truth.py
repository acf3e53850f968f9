"""The truth is true: it names every record, and its probabilities come about."""

import pyarrow.parquet as pq
import pytest

from simulator import truth, watching
from simulator.latent import TYPE_SHARES
from simulator.story import tell
from simulator.world import MOMENTS, Dice, create

from .conftest import Shop


@pytest.mark.parametrize(
    ("table", "key", "source"),
    [
        ("customers", "id", "shop"),
        ("contacts", "contact_id", "crm"),
        ("subscribers", "email", "esp"),
    ],
)
def test_every_record_is_somebody(
    shop: Shop, table: str, key: str, source: str
) -> None:
    (lost,) = shop.one(
        f"""
        select count(*) from (select distinct {key} as key from {table})
        full join (select * from true_records where source = '{source}')
            on key = record_key
        where key is null or record_key is null
        """
    )
    assert lost == 0


def test_every_device_is_somebody_or_a_bot(shop: Shop) -> None:
    (lost, both) = shop.one(
        """
        select
            count(*) filter (source is null and anonymous_id is null),
            count(*) filter (source is not null and anonymous_id is not null)
        from (select distinct "anonymousId" from web where "anonymousId" is not null)
        left join true_records on source = 'web' and record_key = "anonymousId"
        left join true_bot_devices on anonymous_id = "anonymousId"
        """
    )
    assert (lost, both) == (0, 0)


def test_a_login_names_a_record_of_the_device_s_owner(shop: Shop) -> None:
    (wrong, right) = shop.one(
        """
        select count(*) filter (d.person_id != r.person_id), count(*)
        from (select distinct "anonymousId", "userId" from web)
        join true_records d on d.source = 'web' and d.record_key = "anonymousId"
        join true_records r on r.source = 'shop' and r.record_key = "userId"
        """
    )
    assert wrong == 0
    assert right > 100


def test_web_orders_are_the_shop_s_orders(shop: Shop) -> None:
    """Local stamps of the hour that October repeats are ambiguous, as in real life."""
    (lost, other_total, far, traced) = shop.one(
        """
        with seen as (
            select properties->>'order_id' as id,
                any_value((properties->>'total')::double) as total,
                any_value("timestamp") as seen_at
            from web where event = 'Order Completed'
                and "timestamp" <= "receivedAt" group by all
        ),
        first_version as (
            select id, arg_min(total_amount, updated_at)::double as total_amount,
                timezone('Europe/Berlin', min(created_at)::timestamp) as created_at
            from orders group by id
        )
        select
            count(*) filter (o.id is null),
            count(*) filter (total_amount != total),
            count(*) filter (abs(epoch(o.created_at - seen_at)) > 1
                and seen_at not between '2025-10-26 00:00' and '2025-10-26 02:00'),
            count(*)
        from seen left join first_version o on o.id = seen.id
        """
    )
    assert (lost, other_total, far) == (0, 0, 0)
    assert traced > 100


@pytest.mark.parametrize("column", ["p_true", "p_observable"])
def test_probabilities_come_about(shop: Shop, column: str) -> None:
    rows = shop.all(
        f"""
        select as_of_at, sum({column}), sum(has_bought::int),
            sum({column} * (1 - {column})), min({column}), max({column})
        from true_purchase_probability group by as_of_at
        """
    )
    assert len(rows) == len(MOMENTS)
    for _, expected, bought, variance, low, high in rows:
        assert abs(expected - bought) < 4 * variance**0.5
        assert 0 <= low < high <= 1


@pytest.mark.parametrize("column", ["p_true", "p_observable"])
def test_probabilities_come_about_in_each_band(shop: Shop, column: str) -> None:
    rows = shop.all(
        f"""
        select round({column} * 4), sum({column}), sum(has_bought::int),
            sum({column} * (1 - {column})) from true_purchase_probability group by 1
        """
    )
    for band, expected, bought, variance in rows:
        assert abs(expected - bought) < 4 * max(variance, 1) ** 0.5, band


def test_the_truth_knows_more_than_the_shop(shop: Shop) -> None:
    (true_loss, best_loss, base_loss) = shop.one(
        """
        with base as (select *, avg(has_bought::int) over () as p
            from true_purchase_probability)
        select avg((p_true - has_bought::int) ** 2),
            avg((p_observable - has_bought::int) ** 2),
            avg((p - has_bought::int) ** 2) from base
        """
    )
    assert true_loss < best_loss < 0.9 * base_loss


def test_some_people_are_about_to_buy_but_few(shop: Shop) -> None:
    (eager,) = shop.one(
        "select avg((p_true > 0.8)::int) from true_purchase_probability"
    )
    assert 0.002 < eager < 0.1


def test_beliefs_are_calibrated() -> None:
    world = create(2_000, 120, 5)
    story = tell(world, 0, Dice(5, 0))
    sights = [truth.sight_of(world, story, offset) for offset in MOMENTS]
    *_, belief = watching.beliefs(story.who, story.lives, world.chances, sights)
    kinds = belief.sum((2, 3))
    assert kinds.sum(1) == pytest.approx(1, abs=1e-4)
    for kind in range(len(TYPE_SHARES)):
        chance = kinds[:, kind].astype(float)
        actual = (story.who.kind == kind).sum()
        spread = (chance * (1 - chance)).sum() ** 0.5
        assert abs(actual - chance.sum()) < 4 * spread


def test_the_truth_s_tables_have_their_columns(shop: Shop) -> None:
    schema = {
        file.stem: pq.read_schema(file).names
        for file in shop.report.truth.glob("*.parquet")
    }
    assert schema == {
        "records": ["source", "entity", "record_key", "person_id"],
        "persons": ["person_id", "latent_type", "is_seasonal", "household_id"],
        "purchase_probability": [
            "person_id",
            "as_of_at",
            "p_true",
            "p_observable",
            "has_bought",
        ],
        "machine_opens": ["sg_event_id"],
        "bot_devices": ["anonymous_id"],
    }
