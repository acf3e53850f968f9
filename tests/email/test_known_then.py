"""Later news changes no verdict on email, and of bots it only brings more."""

from dataclasses import replace
from datetime import datetime

import pytest

from benchmarks.flags import MODELS
from tests.email.conftest import build, rows
from warehouse.settings import Settings

THEN = datetime(2025, 11, 1, 12)


@pytest.fixture(scope="module")
def shop_then(mail_shop: Settings) -> Settings:
    """The same raw files, as much of them as had arrived a while ago."""
    settings = replace(mail_shop, build_name="then")
    build(settings, MODELS, THEN)
    return settings


def test_a_verdict_stays(mail_shop: Settings, shop_then: Settings) -> None:
    query = """
        select event_id, machine_reason, machine_confidence
        from behavior.email_events where received_at <= $then order by all
    """
    before = rows(shop_then, query, then=THEN)
    assert len(before) > 1_000
    assert rows(mail_shop, query, then=THEN) == before


def test_some_news_would_change_a_verdict(mail_shop: Settings) -> None:
    """Else the test above could not fail: a delivery was told after its open."""
    unmasked = rows(
        mail_shop,
        """
        select opens.event_id
        from behavior.email_events as opens
        inner join behavior.email_events as deliveries
            using (subscriber_id, message_id)
        where opens.event_name = 'email_opened' and opens.machine_reason is null
            and deliveries.event_name = 'email_delivered'
            and opens.received_at <= $then and deliveries.received_at > $then
            and opens.occurred_at - deliveries.occurred_at
                between interval 0 second and interval 10 second
        """,
        then=THEN,
    )
    assert unmasked


def test_a_bot_stays_one_since_the_same_moment(
    mail_shop: Settings, shop_then: Settings
) -> None:
    query = "select record_id, known_since_at, confidence from identity.bot_visitors"
    before = {row[0]: row[1:] for row in rows(shop_then, query)}
    after = {row[0]: row[1:] for row in rows(mail_shop, query)}
    assert before.keys() < after.keys()
    for record_id, (known_since_at, confidence) in before.items():
        assert known_since_at <= THEN
        assert after[record_id][0] == known_since_at
        assert after[record_id][1] >= confidence
