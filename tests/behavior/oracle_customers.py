"""The judge of customers: records of one user, or of one device, are one person."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tests.behavior.exports import ORDERS
from tests.behavior.oracle import Event
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_email import subscriber

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


def latest(events: Iterable[Event]) -> datetime:
    """The clock of a run that is told none: the last arrival."""
    return max(
        *(event.received_at for event in events), *(o.ordered_at for o in ORDERS)
    )


def identity_map(events: list[Event], as_of: datetime) -> list[dict[str, Any]]:
    """The whole table, in no order: each record that is no bot, and its customer."""
    customers = customers_by_record(events, as_of)
    return [
        {
            "record_id": record.record_id,
            "source": record.source,
            "customer_id": customers[record.record_id],
            "first_received_at": record.first_received_at,
            "as_of_at": as_of,
        }
        for record in _records(events, as_of).values()
    ]


def customers_by_record(events: list[Event], as_of: datetime) -> dict[str, str]:
    """The customer of each record, named after its record that was received first."""
    records = _records(events, as_of)
    devices = _on_devices(events, as_of)
    shared = [*_sharing(events, records), *(d & records.keys() for d in devices)]
    groups = _groups(records, shared)
    return {
        record_id: _named(min(records[member] for member in group))
        for record_id, group in groups.items()
    }


def _records(events: Iterable[Event], as_of: datetime) -> dict[str, Record]:
    """All that has arrived and is no bot, by its name."""
    events = list(events)
    bots = {bot["record_id"] for bot in bot_visitors(events)}
    told = [
        Record(order.ordered_at, f"shop:{order.customer}")
        for order in ORDERS
        if order.ordered_at <= as_of
    ]
    for event in events:
        name = subscriber(event) if event.line.source == "esp" else event.visitor
        if name and name not in bots:
            told.append(Record(event.received_at, name))
    return {record.record_id: record for record in sorted(told, reverse=True)}


def _sharing(
    events: Iterable[Event], records: Mapping[str, Record]
) -> Iterable[set[str]]:
    """The records that each user was seen as; the shop's customers are users."""
    users: dict[str, set[str]] = defaultdict(set)
    for record_id in records:
        source, _, customer = record_id.partition(":")
        if source == "shop":
            users[customer].add(record_id)
    for event in events:
        user, visitor = event.call.get("userId"), event.visitor
        if user and visitor in records:
            users[str(user)].add(str(visitor))
    return users.values()


def _on_devices(events: Iterable[Event], as_of: datetime) -> list[set[str]]:
    """A device and the buyer that an order names on it; no device is two buyers'."""
    devices: dict[str, set[str]] = defaultdict(set)
    for order in ORDERS:
        if order.client and order.ordered_at <= as_of:
            devices[f"web:{order.client}"].add(f"shop:{order.customer}")
    for event in events:
        if event.call.get("anonymousId") and event.visitor in devices:
            devices[str(event.visitor)].add(str(event.visitor))
    return [records for records in devices.values() if len(records) <= DEVICE_CAP]


def _groups(records: Iterable[str], sharing: Iterable[set[str]]) -> Groups:
    """The records that belong together, by each of them."""
    groups: Groups = {record_id: frozenset([record_id]) for record_id in records}
    for visitors in sharing:
        merged = frozenset().union(*(groups[visitor] for visitor in visitors))
        groups |= dict.fromkeys(merged, merged)
    return groups


def _named(first: Record) -> str:
    return "c_" + hashlib.md5(first.record_id.encode()).hexdigest()[:16]
