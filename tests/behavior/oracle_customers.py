"""The judge of customers: records of one user, address or device are one person.

Two users are two, whoever shares a device: it stays with the user that was heard first.
What names a person joins two users: their orders have one address.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tests.behavior.oracle import Event
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_email import subscriber
from tests.behavior.oracle_shop import Shop

# More records than these share no device of theirs.
DEVICE_CAP = 2
Groups = dict[str, frozenset[str]]
# Since when which record holds a value.
Links = dict[str, dict[str, datetime]]


class Record(NamedTuple):
    """A visitor, a recipient or a customer of the shop, as first received."""

    first_received_at: datetime
    record_id: str

    @property
    def source(self) -> str:
        """Where it comes from, as its name says."""
        return self.record_id.partition(":")[0]


def latest(events: Iterable[Event], shop: Shop) -> datetime:
    """The clock of a run that is told none: the last arrival."""
    return max(
        *(event.received_at for event in events),
        *(order.ordered_at for order in shop.orders),
        *(refund.refunded_at for refund in shop.refunds),
    )


def identity_map(
    events: list[Event], shop: Shop, as_of: datetime
) -> list[dict[str, Any]]:
    """The whole table, in no order: each record that is no bot, and its customer."""
    customers = customers_by_record(events, shop, as_of)
    return [
        {
            "record_id": record.record_id,
            "source": record.source,
            "customer_id": customers[record.record_id],
            "first_received_at": record.first_received_at,
            "as_of_at": as_of,
        }
        for record in _records(events, shop, as_of).values()
    ]


def customers_by_record(
    events: list[Event], shop: Shop, as_of: datetime
) -> dict[str, str]:
    """The customer of each record, named after its record that was received first."""
    records = _records(events, shop, as_of)
    users, addresses = _on_users(events, shop, as_of), _on_addresses(shop, as_of)
    devices = _on_devices(events, shop, as_of)
    groups: Groups = {record_id: frozenset([record_id]) for record_id in records}
    for kind in (users, addresses, devices):
        for link in _heard(kind, records):
            record, value = (groups.get(end, frozenset([end])) for end in link)
            two_users = bool(record & users.keys() and value & users.keys())
            if record != value and (kind is addresses or not two_users):
                groups |= dict.fromkeys(record | value, record | value)
    return {
        record_id: _named(min(records[one] for one in group if one in records))
        for record_id, group in groups.items()
        if record_id in records
    }


def _heard(links: Links, records: Mapping[str, Record]) -> list[tuple[str, str]]:
    """Records with the values that they hold, as they became known."""

    def place(link: tuple[str, str]) -> tuple[datetime, str, Record]:
        record, value = link
        evidence = hashlib.md5(value.encode()).hexdigest()
        since = max(links[value][record], records[record].first_received_at)
        return since, evidence, records[record]

    held = [(record, value) for value in links for record in links[value]]
    return sorted((link for link in held if link[0] in records), key=place)


def _records(events: Iterable[Event], shop: Shop, as_of: datetime) -> dict[str, Record]:
    """All that has arrived and is no bot, by its name."""
    events = list(events)
    bots = {bot["record_id"] for bot in bot_visitors(events)}
    told = [
        *(Record(order.ordered_at, order.record_id or "") for order in shop.orders),
        *(
            Record(refund.refunded_at, f"shop:{refund.customer}")
            for refund in shop.refunds
            if refund.customer
        ),
    ]
    told = [one for one in told if one.record_id and one.first_received_at <= as_of]
    for event in events:
        name = subscriber(event) if event.line.source == "esp" else event.visitor
        if name and name not in bots:
            told.append(Record(event.received_at, name))
    return {record.record_id: record for record in sorted(told, reverse=True)}


def _on_users(events: Iterable[Event], shop: Shop, as_of: datetime) -> Links:
    """Since when each user was which record; the shop's customers are users."""
    users: Links = defaultdict(dict)
    # Who is known by a refund alone is no user: refunds tell nothing of a person.
    for order in shop.orders:
        if order.account and order.ordered_at <= as_of:
            value, buyer = f"user_id|{order.account}", f"shop:{order.account}"
            _note(users, value, buyer, order.ordered_at)
    for event in events:
        user, visitor = event.call.get("userId"), event.visitor
        if user and visitor:
            _note(users, f"user_id|{user}", str(visitor), event.received_at)
    return users


def _on_addresses(shop: Shop, as_of: datetime) -> Links:
    """The buyers whose orders have one address; none is shared by too many."""
    addresses: Links = defaultdict(dict)
    for order in shop.orders:
        email, buyer = order.version.email.lower(), order.record_id
        if email and buyer and order.ordered_at <= as_of:
            _note(addresses, f"email|{email}", buyer, order.ordered_at)
    return addresses


def _on_devices(events: Iterable[Event], shop: Shop, as_of: datetime) -> Links:
    """A device and the buyer that an order names on it; no device is two buyers'."""
    devices: Links = defaultdict(dict)
    for order in shop.orders:
        client, buyer = order.version.client, order.record_id
        if client and buyer and order.ordered_at <= as_of:
            _note(devices, f"device|{client}", buyer, order.ordered_at)
    for event in events:
        value = f"device|{event.call.get('anonymousId')}"
        if event.visitor and value in devices:
            _note(devices, value, str(event.visitor), event.received_at)
    return {value: held for value, held in devices.items() if len(held) <= DEVICE_CAP}


def _note(links: Links, value: str, record: str, since: datetime) -> None:
    links[value][record] = min(since, links[value].get(record, since))


def _named(first: Record) -> str:
    return "c_" + hashlib.md5(first.record_id.encode()).hexdigest()[:16]
