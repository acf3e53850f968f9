"""A whole shop, from raw files: its channels, its credits, and what they add up to."""

import pytest

from simulator import simulate
from tests.email.conftest import build, rows
from warehouse.settings import PROJECT_DIR, Settings

MODELS = ("first", "last", "last_non_direct", "linear", "position_based", "shapley")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """300 customers over 150 days, as far as attribution and the customers' orders."""
    data_dir = tmp_path_factory.mktemp("attributed shop") / "data"
    settings = Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
    simulate(settings.raw_dir, customers=300, days=150, seed=11)
    marts = ("mart_sessions", "mart_attribution", "mart_channel_attribution")
    build(settings, (*marts, "customers_now"))
    return settings


def test_the_origins_of_the_simulator_have_their_channels(shop: Settings) -> None:
    found = rows(
        shop,
        """
        select distinct
            case when referrer like 'https://www.google.%' then 'search'
                when referrer like 'https://social.%' then 'friends'
                when referrer is not null then 'own' end as seen,
            campaign_source, campaign_medium, channel
        from marts.sessions order by all
        """,
    )
    assert set(found) == {
        ("search", "google", "cpc", "Paid Search"),
        ("search", None, None, "Organic Search"),
        ("friends", "social", "paid", "Paid Social"),
        (None, "newsletter", "email", "Email"),
        ("own", None, None, "Direct"),
        (None, None, None, "Direct"),
    }


def test_every_session_has_one_channel(shop: Settings) -> None:
    ((sessions, channelled, named),) = rows(
        shop,
        """
        select (select count(*) from behavior.sessions), count(channel),
            count(last_non_direct_source)
        from marts.sessions
        """,
    )
    assert sessions == channelled == named > 1000


def test_a_direct_session_has_what_its_visitor_came_by_before(shop: Settings) -> None:
    wrong = rows(
        shop,
        """
        select mine.session_id
        from behavior.session_channels as mine
        left join behavior.session_channels as before
            on mine.visitor_id = before.visitor_id and before.channel != 'Direct'
            and before.started_at <= mine.started_at
            and before.started_at >= mine.started_at - interval 30 day
        group by mine.session_id, mine.last_non_direct_session_id
        having mine.last_non_direct_session_id
            is distinct from max_by(before.session_id, before.started_at)
        """,
    )
    assert wrong == []


def test_the_orders_are_those_that_customers_count(shop: Settings) -> None:
    wrong = rows(
        shop,
        """
        with credited as (
            select customer_id, count(distinct order_key) as order_count
            from marts.attribution group by customer_id
        )
        select customer_id from features.customers_now
        full join credited using (customer_id)
        where coalesce(customers_now.order_count, -1)
            != coalesce(credited.order_count, 0)
        """,
    )
    assert wrong == []


@pytest.mark.parametrize("model", MODELS)
def test_channels_have_all_orders_and_all_revenue(shop: Settings, model: str) -> None:
    (credited,) = rows(
        shop,
        f"""
        select sum({model}_credit), sum({model}_revenue_amount)
        from marts.channel_attribution
        """,
    )
    (orders,) = rows(
        shop,
        """
        select count(distinct order_key), sum(linear_revenue_amount)
        from marts.attribution
        """,
    )
    assert credited == orders
    assert orders[0] > 100


def test_revenue_is_that_of_customers(shop: Settings) -> None:
    """Refunds that name no order are nobody's credit."""
    ((credited, customers, nameless),) = rows(
        shop,
        """
        select
            (select sum(last_revenue_amount) from marts.attribution),
            (select sum(net_revenue_amount) from features.customers_now),
            (
                select coalesce(sum(refunded_amount), 0) from behavior.refunds
                inner join identity.identity_map using (record_id)
                where order_key is null and currency = 'EUR'
            )
        """,
    )
    assert credited - nameless == customers
