"""The judge of events: every accepted one of any source, in one vocabulary."""

import re
from typing import Any

from tests.behavior.oracle import PASSIVE, Event, shop_date
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_email import subscriber
from tests.behavior.oracle_machines import machine_reasons


def events_table(events: list[Event]) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    reasons = _exclusions(events)
    return [_row(event, reasons.get(event.event_id)) for event in events]


def _exclusions(events: list[Event]) -> dict[str, str]:
    """Why an event is no human's, by its id; humans' events are not named."""
    bots = {bot["record_id"]: bot["reason"] for bot in bot_visitors(events)}
    machines = machine_reasons(events)
    found = {key: f"machine: {reason}" for key, reason in machines.items()}
    for event in events:
        if event.line.source == "web" and event.visitor in bots:
            found[event.event_id] = f"bot: {bots[event.visitor]}"
    return found


def _row(event: Event, reason: str | None) -> dict[str, Any]:
    web = event.line.source == "web"
    return {
        "event_id": event.event_id,
        "source": event.line.source,
        "event_name": event.name,
        "record_id": event.visitor if web else subscriber(event),
        "visitor_id": event.visitor if web else None,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "exclusion_reason": reason,
        "is_human": reason is None,
        "is_bot": bool(reason and reason.startswith("bot: ")),
        "is_activity": event.name not in PASSIVE,
        "occurred_on": shop_date(event.occurred_at),
        "received_on": shop_date(event.received_at),
        **(_said_on_the_web(event) if web else _said_by_mail(event)),
    }


def _said_on_the_web(event: Event) -> dict[str, Any]:
    context, currency = event.call["context"], event.said("currency")
    return {
        "product_id": event.said("product_id"),
        "price": event.money("price"),
        "quantity": event.said("quantity"),
        "currency": currency and currency.upper(),
        "order_id": event.said("order_id"),
        "total_amount": event.money("total"),
        "page_url": context["page"]["url"],
        "page_referrer": context["page"]["referrer"],
        "campaign_source": context["campaign"]["source"],
        "campaign_medium": context["campaign"]["medium"],
        "campaign_name": context["campaign"]["name"],
        "device_type": context["device"]["type"],
        "country_code": context["location"]["country"],
    }


def _said_by_mail(event: Event) -> dict[str, Any]:
    url = event.call.get("url")
    product = re.search("/products/([^/?#]+)", url) if url else None
    nothing = (
        "price quantity currency order_id total_amount page_referrer campaign_source"
        " campaign_medium device_type country_code"
    )
    return {
        **dict.fromkeys(nothing.split()),
        "product_id": product and product.group(1),
        "page_url": url,
        "campaign_name": event.call.get("campaign_id"),
    }
