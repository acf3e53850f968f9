"""The judge of customers: records of one user, or of one device, are one person."""

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
    shared = [
        *_sharing(events, shop, records),
        *(found & records.keys() for found in _on_devices(events, shop, as_of)),
        *_of_one_address(shop, as_of),
    ]
    groups = _groups(records, shared)
    return {
        record_id: _named(min(records[member] for member in group))
        for record_id, group in groups.items()
    }


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


def _sharing(
    events: Iterable[Event], shop: Shop, records: Mapping[str, Record]
) -> Iterable[set[str]]:
    """The records that each user was seen as; the shop's customers are users."""
    users: dict[str, set[str]] = defaultdict(set)
    # Who is known by a refund alone is no user: refunds tell nothing of a person.
    for order in shop.orders:
        if order.account and order.record_id in records:
            users[order.account].add(f"shop:{order.account}")
    for event in events:
        told, visitor = event.call.get("userId"), event.visitor
        if told and visitor in records:
            users[str(told)].add(str(visitor))
    return users.values()


def _on_devices(events: Iterable[Event], shop: Shop, as_of: datetime) -> list[set[str]]:
    """A device and the buyer that an order names on it; no device is two buyers'."""
    devices: dict[str, set[str]] = defaultdict(set)
    for order in shop.orders:
        device, buyer = order.version.device, order.record_id
        if device and buyer and order.ordered_at <= as_of:
            devices[device].add(buyer)
    for event in events:
        if event.call.get("anonymousId") and event.visitor in devices:
            devices[str(event.visitor)].add(str(event.visitor))
    return [records for records in devices.values() if len(records) <= DEVICE_CAP]


def _of_one_address(shop: Shop, as_of: datetime) -> Iterable[set[str]]:
    """The buyers whose orders have one address; none is shared by too many."""
    buyers: dict[str, set[str]] = defaultdict(set)
    for order in shop.orders:
        if order.version.email and order.record_id and order.ordered_at <= as_of:
            buyers[order.version.email.lower()].add(order.record_id)
    return buyers.values()


def _groups(records: Iterable[str], sharing: Iterable[set[str]]) -> Groups:
    """The records that belong together, by each of them."""
    groups: Groups = {record_id: frozenset([record_id]) for record_id in records}
    for visitors in sharing:
        merged = frozenset().union(*(groups[visitor] for visitor in visitors))
        groups |= dict.fromkeys(merged, merged)
    return groups


def _named(first: Record) -> str:
    return "c_" + hashlib.md5(first.record_id.encode()).hexdigest()[:16]
