"""Whose an order is: one id, versions that know its buyer differently well."""

import hashlib
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import pytest

from tests.behavior import shop
from warehouse.settings import PROJECT_DIR, Settings

ANN: Final = "ann@post.test"
BEN: Final = "ben@post.test"
PLACED: Final = datetime(2024, 7, 1, 10)
# What each export calls the columns of a version, and when it is another one.
HEADERS: Final = {
    "shop": "id,customer_id,email,currency,total_amount,created_at,updated_at",
    "shopify": "id,customer_id,email,currency,total_price,created_at,_fivetran_synced",
}
Orders = list[tuple[str | None, str]]


class Said(NamedTuple):
    """One version of an order."""

    customer: str
    email: str
    amount: str = "1"


def guest(address: str) -> str:
    """The record of who ordered without an account."""
    return f"shop:email:{hashlib.md5(address.encode()).hexdigest()}"


class Case(NamedTuple):
    """Versions from old to new, and the orders that they are: buyer and amount."""

    versions: list[Said]
    orders: Orders


CASES: Final = {
    "a guest, then the account": Case(
        [Said("", ANN, "1"), Said("a", ANN.upper(), "2")], [("shop:a", "2.00")]
    ),
    "the account, then the guest again": Case(
        [Said("a", ANN, "1"), Said("", ANN.title(), "2")], [("shop:a", "2.00")]
    ),
    "an account that never tells an address": Case(
        [Said("", ANN, "1"), Said("a", "", "2")],
        [("shop:a", "2.00"), (guest(ANN), "1.00")],
    ),
    "a guest of one address, an account of another": Case(
        [Said("", ANN, "1"), Said("b", BEN, "2")],
        [("shop:b", "2.00"), (guest(ANN), "1.00")],
    ),
    "two guests": Case(
        [Said("", ANN, "1"), Said("", BEN, "2")],
        sorted([(guest(ANN), "1.00"), (guest(BEN), "2.00")]),
    ),
    "two accounts": Case(
        [Said("a", ANN, "1"), Said("b", BEN, "2")],
        [("shop:a", "1.00"), ("shop:b", "2.00")],
    ),
    "two accounts of one address, and its guest": Case(
        [Said("a", ANN, "1"), Said("b", ANN, "2"), Said("", ANN, "3")],
        [("shop:a", "1.00"), ("shop:b", "3.00")],
    ),
    "nobody, then the account": Case(
        [Said("", "", "1"), Said("a", "", "2")], [("shop:a", "2.00")]
    ),
    "the account, then nobody": Case(
        [Said("a", ANN, "1"), Said("", "", "2")], [("shop:a", "2.00")]
    ),
    "a guest, then nobody": Case(
        [Said("", ANN, "1"), Said("", "", "2")], [(guest(ANN), "2.00")]
    ),
    "nobody at all": Case([Said("", "", "1"), Said("", "", "2")], [(None, "2.00")]),
    "a guest, and an account that is set aside": Case(
        [Said("", ANN, "1"), Said("a", ANN, "ten")], [(guest(ANN), "1.00")]
    ),
    "nobody, and an account that is set aside": Case(
        [Said("", "", "1"), Said("a", ANN, "ten")], [(None, "1.00")]
    ),
    # The address is the one of an account above; of this id it is a guest's.
    "a guest whom another order names": Case(
        [Said("", ANN, "1")], [(guest(ANN), "1.00")]
    ),
}


def order_id(source: str, case: str) -> str:
    """An id of its own for each case and export."""
    return f"{source}-{list(CASES).index(case)}"


def lines(source: str, case: str) -> list[str]:
    """The versions of a case as an export writes them, the newest first."""
    rows = [
        f"{order_id(source, case)},{said.customer},{said.email},EUR,{said.amount}"
        f",{PLACED}Z,{PLACED + timedelta(hours=place)}Z"
        for place, said in enumerate(CASES[case].versions)
    ]
    return rows[::-1]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """All cases, told by both exports."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("buyers") / "data")
    for source, header in HEADERS.items():
        file = settings.raw_dir / source / "orders" / "1.csv"
        file.parent.mkdir(parents=True)
        rows = [row for case in CASES for row in lines(source, case)]
        file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    models = ["+shop_orders", "+order_conflicts"]
    shop.build(settings, models, variables={"sources": ["shopify"]})
    return settings


@pytest.mark.parametrize("source", HEADERS)
@pytest.mark.parametrize("case", CASES)
def test_an_order_is_its_buyers(staged: Settings, source: str, case: str) -> None:
    told = [
        (row["record_id"], str(row["total_amount"]))
        for row in shop.table(staged, "staging.shop_orders")
        if row["order_id"] == order_id(source, case)
    ]
    assert sorted(told, key=str) == sorted(CASES[case].orders, key=str)


def test_an_id_of_two_buyers_is_reported(staged: Settings) -> None:
    told = shop.table(staged, "staging.order_conflicts")
    assert {row["order_id"] for row in told} == {
        order_id(source, case)
        for source in HEADERS
        for case, (_, orders) in CASES.items()
        if len(orders) > 1
    }
