"""The lines that a visitor's history leaves in the web stream, in Segment's words."""

from datetime import datetime, timedelta
from typing import Any

from tests.behavior.histories import Happening, History
from tests.behavior.lines import Call, Line, days_apart, stamp


def web_lines(history: History, number: int) -> list[Line]:
    """The lines of a history; `number` tells its visitor from all others."""
    lines: list[Line] = []
    moment = history.start + days_apart(number)
    for place, happening in enumerate(history.happenings):
        moment += timedelta(seconds=happening.gap)
        said = _call(history, happening, moment, f"h{number}", place)
        for telling in happening.tellings:
            arrival = _arrival(moment, telling.delay)
            lines.append(Line("web", telling.load, said | arrival, telling.style))
    return lines


def _arrival(moment: datetime, delay: float | None) -> Call:
    """The stamps that a delivery carries; the collector may have set none."""
    if delay is None:
        return {"receivedAt": None}
    received = stamp(moment + timedelta(seconds=delay))
    return {"receivedAt": received, "sentAt": received}


def _call(
    history: History, happening: Happening, moment: datetime, name: str, place: int
) -> Call:
    """What is said of one happening, without stamps of arrival."""
    track = happening.kind[0].isupper()
    call: Call = {
        "type": "track" if track else happening.kind,
        "timestamp": stamp(moment),
        **({"event": happening.kind} if track else {}),
        **_ids(happening, name, place),
        "context": {
            "page": {
                "title": f"{name}e{place}",
                "url": f"https://shop.example/{happening.product}{place % 3}",
                "referrer": f"https://search.example/{place}",
            },
            "campaign": {"source": "mail", "medium": "m", "name": f"Größe {place}"},
            "device": {"type": "phone" if place % 2 else "desktop"},
            "location": {"country": "DE" if place % 3 else "AT"},
            "userAgent": history.agent,
        },
        "properties": _properties(happening, name) if track else {},
    }
    return call


def _ids(happening: Happening, name: str, place: int) -> Call:
    """Message id (its own, the one of the event before, or none), device and user."""
    numbers = {"own": place, "before": max(place - 1, 0)}
    message = {}
    if happening.id_of in numbers:
        message = {"messageId": f"{name}m{numbers[happening.id_of]}"}
    people: dict[str, dict[str, Any]] = {
        "device": {"anonymousId": name},
        "both": {"anonymousId": name, "userId": f"u-{name}"},
        "user": {"userId": f"u-{name}"},
        "other": {"anonymousId": name, "userId": f"other-{name}"},
        "nobody": {},
    }
    return message | people[happening.who]


def _properties(happening: Happening, name: str) -> Call:
    """The properties of a call of the shop's vocabulary; an order is its visitor's."""
    given: dict[str, Any] = {
        "price": happening.price,
        "quantity": happening.quantity,
        "currency": happening.currency,
    }
    order = happening.order and f"{name}-{happening.order}"
    if happening.kind == "Checkout Started":
        given["order_id"] = order
    elif happening.kind == "Order Completed":
        given = {
            "order_id": order,
            "total": happening.total,
            "currency": happening.currency,
        }
    elif happening.kind.startswith("Product"):
        given["product_id"] = happening.product
    return {key: value for key, value in given.items() if value is not None}
