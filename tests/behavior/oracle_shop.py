"""The judge of the shop's exports: who bought, and which version of a record counts."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from tests.behavior.exports import PRICES, Price, export_path
from tests.behavior.order_histories import REFUNDS, VERSIONS, Order, Refund


class Bought(NamedTuple):
    """An order of a buyer, in its newest version."""

    order_key: str
    record_id: str | None
    version: Order

    @property
    def order_id(self) -> str:
        """The id that another buyer may have used too."""
        return self.version.order_id

    @property
    def account(self) -> str | None:
        """The account of its buyer, who may be a guest."""
        name = (self.record_id or "").removeprefix("shop:")
        return None if name.startswith("email:") else name or None

    @property
    def ordered_at(self) -> datetime:
        """The moment of the order, at which it is also known."""
        return self.version.ordered_at

    @property
    def amount(self) -> Decimal:
        """What is to be paid."""
        return Decimal(self.version.amount)


@dataclass(frozen=True)
class Shop:
    """What the landed exports say, each order and each refund once."""

    orders: list[Bought]
    refunds: list[Refund]
    prices: list[Price]


def shop_of(load_seqs: Mapping[str, int]) -> Shop:
    """Read the exports that have landed, by the ledger's `load_seqs`."""
    refunds: dict[str, Refund] = {}
    told = [one for one in REFUNDS if export_path("refunds", one.load) in load_seqs]
    # Of one refund the line that landed last counts.
    for one in sorted(told, key=lambda r: load_seqs[export_path("refunds", r.load)]):
        refunds[one.refund_id] = one
    return Shop(
        orders=list(_bought(load_seqs)),
        refunds=list(refunds.values()),
        prices=[p for p in PRICES if export_path("products", p.load) in load_seqs],
    )


def md5(text: str) -> str:
    """The hash by which tables name things."""
    return hashlib.md5(text.encode()).hexdigest()


def _bought(load_seqs: Mapping[str, int]) -> Iterator[Bought]:
    """The newest version of each order of each buyer; of two, the last landed."""

    def age(order: Order) -> tuple[datetime, int]:
        return order.updated_at, load_seqs[export_path("orders", order.load)]

    by_id: dict[str, list[Order]] = defaultdict(list)
    for order in VERSIONS:
        if export_path("orders", order.load) in load_seqs and _is_sound(order):
            by_id[order.order_id].append(order)
    for order_id, versions in by_id.items():
        accounts = {version.customer for version in versions}
        newest: dict[str, Order] = {}
        for version in sorted(versions, key=age):
            newest[_buyer(version, versions)] = version
        for buyer, version in newest.items():
            guest = f"shop:email:{md5(buyer)}" if buyer else None
            record_id = f"shop:{buyer}" if buyer in accounts - {""} else guest
            yield Bought(md5(f"{order_id}|{buyer}"), record_id, version)


def _is_sound(order: Order) -> bool:
    """A version without an amount is set aside, and whom it names it does not name."""
    return order.amount.replace(".", "").isdigit()


def _buyer(version: Order, versions: Iterable[Order]) -> str:
    """The account, of a guest the one that another version has with the address.

    Who is not named at all is a buyer whom another version names.
    """
    named = {one: _named(one, versions) for one in versions}
    return named[version] or max(filter(None, named.values()), default="")


def _named(version: Order, versions: Iterable[Order]) -> str:
    address = version.email.lower()
    accounts = [one.customer for one in versions if one.email.lower() == address]
    known = max(accounts) if address else ""
    return version.customer or known or address
