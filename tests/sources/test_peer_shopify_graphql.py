"""The same package's tables by GraphQL: other names, known as aliases."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

import pytest

from tests.sources.peers import accounts, ask, read, take_in
from tests.sources.test_peer_shopify import TABLES
from warehouse.settings import PROJECT_DIR, Settings

READ: Final = {**TABLES, "customer_address": "customer_addresses"}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """Where the package keeps them."""
    return shared_data / "peer-fivetran-shopify" / "seeds"


@pytest.fixture(scope="module")
def settings(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tables, landed and staged."""
    fresh = Settings(PROJECT_DIR, tmp_path_factory.mktemp("graphql") / "data")
    files = {f"{one}/{table}": path_of(folder, table) for table, one in READ.items()}
    return take_in(fresh, "shopify", files)


def path_of(folder: Path, table: str) -> Path:
    """The file of a table."""
    return folder / f"shopify_gql_{table}_data.csv"


def test_every_row_is_accepted(settings: Settings, folder: Path) -> None:
    wanted = {}
    for table, entity in READ.items():
        count = len(read(path_of(folder, table)))
        wanted[f"{entity}/{table}"] = [count, count, 0, 0]
    assert accounts(settings) == wanted


def test_revenue_is_in_the_currency_of_the_shop(
    settings: Settings, folder: Path
) -> None:
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for order in read(path_of(folder, "order")):
        amount = Decimal(order["total_price_set_shop_amount"])
        revenue[order["currency_code"]] += amount
    query = "select currency, sum(total_amount) from staging.shop_orders group by 1"
    assert dict(ask(settings, query)) == revenue
    assert min(revenue.values()) > 0


def test_a_line_tells_the_price_of_a_piece(settings: Settings, folder: Path) -> None:
    cent = Decimal("0.01")
    wanted = {
        one["id"]: (
            Decimal(one["original_total_set_shop_amount"]) / int(one["quantity"])
        ).quantize(cent, ROUND_HALF_UP)
        for one in read(path_of(folder, "order_line"))
    }
    query = "select order_line_id, price from staging.shop_order_lines"
    assert dict(ask(settings, query)) == wanted
    assert len(set(wanted.values())) > 1


def test_who_subscribed_has_consented(settings: Settings, folder: Path) -> None:
    wanted = {
        (one["id"], one["email_marketing_consent_state"] == "SUBSCRIBED")
        for one in read(path_of(folder, "customer"))
    }
    query = "select user_id, has_email_consent from staging.shop_customers"
    assert set(ask(settings, query)) == wanted
    assert {consent for _, consent in wanted} == {True, False}


def test_who_has_a_default_address_has_its_city(
    settings: Settings, folder: Path
) -> None:
    wanted = {
        (one["customer_id"], one["city"])
        for one in read(path_of(folder, "customer_address"))
        if one["is_default"] == "TRUE"
    }
    query = "select user_id, city from staging.shop_customers where city is not null"
    assert set(ask(settings, query)) == wanted
