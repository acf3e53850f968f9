"""The judge of habits: what a customer does with messages, and whether it changes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.behavior.oracle import Event
from tests.behavior.oracle_customers import customers_by_record
from tests.behavior.oracle_email import email_engagement
from tests.behavior.oracle_shop import Shop

Messages = list[dict[str, Any]]
DAY = timedelta(days=1)
RIPE = 3 * DAY
RECENT = 28 * DAY
HABIT = 84 * DAY
LEAST_RECENT, LEAST_HABIT, LEAST_REACTIONS = 3, 6, 3
RISE, DECLINE, DROP = Fraction(150, 100), Fraction(60, 100), Fraction(25, 100)


class Part(NamedTuple):
    """Messages of one stretch of time, and how many of them found a reaction."""

    delivered: int
    reacted: int


def email_habits(
    events: list[Event], shop: Shop, as_of: datetime
) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    customers = customers_by_record(events, shop, as_of)
    by_customer: dict[str, Messages] = defaultdict(list)
    for message in email_engagement(events):
        by_customer[customers[message["record_id"]]].append(message)
    return [
        {"customer_id": customer, **_habits(messages, as_of)}
        for customer, messages in by_customer.items()
    ]


def _habits(messages: Messages, as_of: datetime) -> dict[str, Any]:
    reached = [m["reached_at"] for m in messages if m["reached_at"]]
    recent = _part(messages, as_of - RIPE - RECENT, as_of - RIPE)
    before = _part(messages, as_of - RIPE - RECENT - HABIT, as_of - RIPE - RECENT)
    counts = _counts(messages)
    return {
        **counts,
        "delivered_count": len(reached),
        **{
            f"{act}_share": counts[f"{act}_count"] / len(reached) if reached else None
            for act in ("opened", "clicked", "replied")
        },
        "dwell_seconds": sum(message["dwell_seconds"] for message in messages),
        "first_delivered_at": min(reached, default=None),
        "last_delivered_at": max(reached, default=None),
        "last_opened_at": _last(messages, "last_opened_at"),
        "last_clicked_at": _last(messages, "last_clicked_at"),
        "last_replied_at": _last(messages, "last_replied_at"),
        "last_unsubscribed_at": _last(messages, "unsubscribed_at"),
        "last_complained_at": _last(messages, "complained_at"),
        "messages_per_week": _per_week(reached, as_of),
        "recent_delivered_count": recent.delivered,
        "recent_reacted_count": recent.reacted,
        "habit_delivered_count": before.delivered,
        "habit_reacted_count": before.reacted,
        "trend": _trend(recent, before),
    }


def _counts(messages: Messages) -> dict[str, int]:
    """How many messages each thing happened to, however often."""
    return {
        "opened_count": sum(m["open_count"] > 0 for m in messages),
        "machine_opened_count": sum(
            m["machine_open_count"] > 0 and m["open_count"] == 0 for m in messages
        ),
        "clicked_count": sum(m["click_count"] > 0 for m in messages),
        "replied_count": sum(m["reply_count"] > 0 for m in messages),
        "bounced_count": sum(m["is_bounced"] for m in messages),
        "unsubscribed_count": sum(m["is_unsubscribed"] for m in messages),
        "complaint_count": sum(m["is_complaint"] for m in messages),
    }


def _last(messages: Messages, name: str) -> datetime | None:
    return max((m[name] for m in messages if m[name]), default=None)


def _per_week(reached: Iterable[datetime], as_of: datetime) -> float:
    """Messages of the last 84 days, by the weeks (of whole days) since the first."""
    moments = sorted(reached)
    if not moments:
        return 0.0
    days = min(max((as_of - moments[0]) // DAY, 7), HABIT // DAY)
    return 7 * sum(moment > as_of - HABIT for moment in moments) / days


def _part(messages: Messages, after: datetime, until: datetime) -> Part:
    """The messages of a stretch; one on its edge belongs to what is older."""
    found = [
        m for m in messages if m["reached_at"] and after < m["reached_at"] <= until
    ]
    return Part(len(found), sum(_is_prompt(message) for message in found))


def _is_prompt(message: dict[str, Any]) -> bool:
    """Whether a person reacted within the days that each message has had."""
    reacted_at: datetime | None = message["first_reacted_at"]
    return reacted_at is not None and reacted_at - message["reached_at"] <= RIPE


def _trend(recent: Part, before: Part) -> str | None:
    """The first that holds, of what the habit leads to expect of recent messages."""
    if recent.delivered < LEAST_RECENT or before.delivered < LEAST_HABIT:
        return None
    if not recent.reacted and not before.reacted:
        return "silent"
    expected = Fraction(before.reacted, before.delivered) * recent.delivered
    if recent.reacted < LEAST_REACTIONS and expected < LEAST_REACTIONS:
        return None
    if recent.reacted >= RISE * expected:
        return "rise"
    if recent.reacted <= DROP * expected:
        return "sudden_drop"
    return "decline" if recent.reacted <= DECLINE * expected else "steady"
