"""The judge of machines: opens and clicks of messages that no human made."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.behavior.agents import confidences
from tests.behavior.oracle import Event

HASTE = timedelta(seconds=10)
AT_ONCE = timedelta(seconds=5)
MANY_LINKS = 3
ENOUGH = Decimal("0.5")
ACTS = ("email_opened", "email_link_clicked")
NONE = Decimal("0.00")


def subject(event: Event) -> tuple[str, str]:
    """Recipient and message; an event without a message is one of its own."""
    address = str(event.call["email"]).strip().lower()
    return address, str(event.call.get("sg_message_id") or event.event_id)


def machine_flags(events: Iterable[Event]) -> dict[str, dict[str, Any]]:
    """Confidence and reason of each open and click, by event id."""
    messages: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.line.source == "esp":
            messages[subject(event)].append(event)
    return {
        act.event_id: _flags(act, told)
        for told in messages.values()
        for act in told
        if act.name in ACTS
    }


def machine_reasons(events: Iterable[Event]) -> dict[str, str]:
    """The reasons alone, of those that no human did."""
    flags = machine_flags(events)
    return {
        key: flag["machine_reason"]
        for key, flag in flags.items()
        if flag["machine_reason"]
    }


def _flags(act: Event, told: list[Event]) -> dict[str, Any]:
    """The strongest reason, by what had arrived when the act arrived."""
    known = [event for event in told if event.received_at <= act.received_at]
    signs = {
        "agent": max(
            confidences("machine_agents", act.call["useragent"]), default=NONE
        ),
        "many links at once": Decimal("0.95") if _is_scan(act, known) else NONE,
        "seconds after delivery": Decimal("0.90") if _is_hasty(act, known) else NONE,
    }
    reason = max(signs, key=lambda sign: signs[sign])
    enough = signs[reason] >= ENOUGH
    return {
        "machine_confidence": signs[reason],
        "machine_reason": reason if enough else None,
    }


def _is_hasty(act: Event, known: list[Event]) -> bool:
    return any(
        timedelta() <= act.occurred_at - event.occurred_at <= HASTE
        for event in known
        if event.name == "email_delivered"
    )


def _is_scan(act: Event, known: list[Event]) -> bool:
    links = {
        event.call.get("url")
        for event in known
        if event.name == "email_link_clicked"
        and abs(event.occurred_at - act.occurred_at) <= AT_ONCE
    }
    return act.name == "email_link_clicked" and len(links - {None}) >= MANY_LINKS
