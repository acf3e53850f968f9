"""Another package's tables of Shopify, through the pack `shopify`."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tests.behavior import shop
from tests.sources.peers import Row, accounts, ask, read, take_in
from warehouse.settings import PROJECT_DIR, Settings

TABLES: Final = {
    "customer": "customers",
    "product": "products",
    "product_variant": "product_variants",
    "order": "orders",
    "order_line": "order_lines",
    "refund": "refunds",
    "order_line_refund": "order_line_refunds",
    "order_adjustment": "order_adjustments",
    "transaction": "transactions",
}
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module")
def files(shared_data: Path) -> dict[str, Path]:
    """The package's files by the place where they land."""
    folder = shared_data / "peer-fivetran-shopify" / "seeds"
    return {
        f"{entity}/{table}": folder / f"shopify_{table}_data.csv"
        for table, entity in TABLES.items()
    }


@pytest.fixture(scope="module")
def told(files: dict[str, Path]) -> Tables:
    """Their rows, read by plain Python."""
    return {place.split("/")[1]: read(path) for place, path in files.items()}


@pytest.fixture(scope="module")
def settings(
    files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """All nine tables, landed and staged."""
    fresh = Settings(PROJECT_DIR, tmp_path_factory.mktemp("shopify") / "data")
    return take_in(fresh, "shopify", files)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_every_row_is_accepted(settings: Settings, told: Tables) -> None:
    wanted = {
        f"{entity}/{table}": [len(told[table]), len(told[table]), 0, 0]
        for table, entity in TABLES.items()
    }
    assert sum(count for count, *_ in wanted.values()) > 40
    assert accounts(settings) == wanted


def test_revenue_by_currency_is_that_of_the_orders(
    settings: Settings, told: Tables
) -> None:
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for order in told["order"]:
        revenue[order["currency"]] += Decimal(order["total_price"])
    query = "select currency, sum(total_amount) from staging.shop_orders group by 1"
    assert dict(ask(settings, query)) == revenue
    assert set(revenue) == {"GBP", "USD"}


def test_orders_are_placed_when_they_were_processed(
    settings: Settings, told: Tables
) -> None:
    wanted = {
        (order["id"], f"shop:{order['customer_id']}", moment(order["processed_at"]))
        for order in told["order"]
    }
    query = "select order_id, record_id, created_at from staging.shop_orders"
    assert set(ask(settings, query)) == wanted


def test_a_product_costs_what_its_first_variant_costs(
    settings: Settings, told: Tables
) -> None:
    first = {
        variant["product_id"]: Decimal(variant["price"])
        for variant in sorted(
            told["product_variant"], key=lambda one: -int(one["position"])
        )
    }
    newest = max(told["order"], key=lambda one: one["processed_at"])["currency"]
    wanted = {
        (one["id"], one["product_type"], first.get(one["id"]), newest)
        for one in told["product"]
    }
    query = "select product_id, category, price, currency from staging.shop_products"
    assert set(ask(settings, query)) == wanted


def test_consent_is_what_the_customers_accepted(
    settings: Settings, told: Tables
) -> None:
    wanted = {
        (one["id"], one["email"], one["accepts_marketing"] == "TRUE")
        for one in told["customer"]
    }
    query = "select user_id, email, has_email_consent from staging.shop_customers"
    assert set(ask(settings, query)) == wanted


def test_refunds_without_parts_or_payments_pay_nothing(
    settings: Settings, told: Tables
) -> None:
    """None of their payments, lines and adjustments belongs to one of their refunds."""
    ids = {refund["id"] for refund in told["refund"]}
    parts = ("transaction", "order_line_refund", "order_adjustment")
    assert not any(row["refund_id"] in ids for name in parts for row in told[name])
    refunds = shop.table(settings, "staging.shop_refunds")
    assert {(one["refund_id"], one["amount"]) for one in refunds} == {
        (refund, Decimal(0)) for refund in ids
    }


def test_parts_of_refunds_keep_their_amounts(settings: Settings, told: Tables) -> None:
    for table, model, net, tax in (
        ("order_line_refund", "order_line_refunds", "subtotal", "total_tax"),
        ("order_adjustment", "order_adjustments", "amount", "tax_amount"),
    ):
        query = (
            f"select sum(net_amount), sum(tax_amount) from staging.stg_shopify__{model}"
        )
        wanted = tuple(
            sum((Decimal(row[column]) for row in told[table]), Decimal())
            for column in (net, tax)
        )
        assert ask(settings, query) == [wanted]
