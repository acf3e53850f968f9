"""Lines of invented people, landed in any order and in any number of loads."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from warehouse.settings import Settings

HEADERS = {
    "crm/contacts": (
        *("contact_id", "first_name", "last_name", "email", "phone", "birth_date"),
        *("postcode", "country", "created_at", "updated_at"),
    ),
    "shop/customers": (
        *("id", "first_name", "last_name", "email", "phone", "birth_date"),
        *("postcode", "country_code", "accepts_email", "accepts_sms", "created_at"),
        "updated_at",
    ),
    "shop/orders": (
        *("id", "customer_id", "email", "client_id", "currency", "total_amount"),
        "created_at",
    ),
    "esp/subscribers": (
        *("email", "status", "email_consent", "sms_consent", "created_at"),
        "updated_at",
    ),
    "identity/decisions": (
        *("decision", "left_type", "left_value", "right_type", "right_value"),
        *("decided_at", "decided_by", "reason"),
    ),
}


class Line(NamedTuple):
    """A line of an entity, as its columns or as a call of the web stream."""

    place: str
    said: dict[str, Any]


def day(on: str) -> str:
    """A moment of a day of 2025 (`05-17`); another year stands before it."""
    return f"{on if len(on) > 5 else f'2025-{on}'}T12:00:00.000Z"


def seen(device: str | None, on: str, user: str = "", **traits: str) -> Line:
    """A device tells who is at it."""
    call = {
        "type": "identify",
        "messageId": f"{device}-{user}-{on}-{sorted(traits.items())}",
        "timestamp": day(on),
        "receivedAt": day(on),
        "traits": traits,
        **({"anonymousId": device} if device else {}),
        **({"userId": user} if user else {}),
    }
    return Line("web/events", call)


def did(device: str, on: str, what: str, user: str = "", **properties: str) -> Line:
    """A device tells what was done on it."""
    call = {
        "type": "track",
        "messageId": f"{device}-{on}-{what}",
        "event": what,
        "timestamp": day(on),
        "receivedAt": day(on),
        "anonymousId": device,
        "properties": properties,
        **({"userId": user} if user else {}),
    }
    return Line("web/events", call)


def contact(name: str, on: str, updated: str = "", **said: str) -> Line:
    """A contact of the CRM; since `updated` it says what it says."""
    stamps = {"created_at": day(on), "updated_at": day(updated or on)}
    return Line("crm/contacts", {"contact_id": name, **stamps, **said})


def account(name: str, on: str, **said: str) -> Line:
    """A customer of the shop."""
    stamps = {"created_at": day(on), "updated_at": day(on)}
    return Line("shop/customers", {"id": name, **stamps, **said})


def order(name: str, on: str, customer: str, device: str, email: str = "") -> Line:
    """An order on a device: of an account, or of a guest with this address."""
    money = {"currency": "EUR", "total_amount": "10.00"}
    said = {"id": name, "customer_id": customer, "client_id": device, "email": email}
    return Line("shop/orders", {**said, **money, "created_at": day(on)})


def subscriber(email: str, on: str, *, agrees: bool) -> Line:
    """Who gets newsletters, or did."""
    status, consent = ("subscribed" if agrees else "unsubscribed"), str(agrees).lower()
    said = {"email": email, "status": status, "email_consent": consent}
    stamps = {"created_at": day(on), "updated_at": day(on)}
    return Line("esp/subscribers", {**said, "sms_consent": consent, **stamps})


def mailed(email: str, on: str, what: str, received: str = "") -> Line:
    """What became of a message; known since `received`."""
    stamps = (datetime.fromisoformat(day(one)) for one in (on, received or on))
    said, heard = (int(moment.timestamp()) for moment in stamps)
    call = {"email": email, "event": what, "timestamp": said, "received_at": heard}
    return Line("esp/events", {**call, "sg_event_id": f"{email}-{what}-{on}"})


def decided(decision: str, left: str, right: str, on: str) -> Line:
    """What somebody decided on a pair, each spelled as `type value`."""
    said = {"decision": decision, "decided_at": day(on), "decided_by": "meg"}
    for side, named in (("left", left), ("right", right)):
        said[f"{side}_type"], said[f"{side}_value"] = named.split(" ", 1)
    return Line("identity/decisions", said)


def land(settings: Settings, lines: Sequence[Line], load: int) -> None:
    """Put these lines into the raw folder as sealed files of one load."""
    for place in sorted({line.place for line in lines}):
        said = [line.said for line in lines if line.place == place]
        is_stream = place not in HEADERS
        file = settings.raw_dir / place / f"{load}.{'jsonl' if is_stream else 'csv'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = _stream(said) if is_stream else _table(HEADERS[place], said)
        file.write_text(text, encoding="utf-8")


def _stream(said: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(one) + "\n" for one in said)


def _table(header: Sequence[str], said: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(said)
    return text.getvalue()
