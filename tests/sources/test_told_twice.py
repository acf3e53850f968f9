"""One shop told by two exports: each thing counts once; the rest is told."""

from pathlib import Path

import pytest

from tests.bad_input.conftest import ask
from tests.behavior import shop
from tests.sources.conftest import BUILT, land
from tests.sources.packs import VOCABULARY as MODELS
from tests.sources.packs import Fixture, fixtures, unique_columns
from warehouse.settings import PROJECT_DIR, Settings

ON: dict[str, object] = {"sources": ["shopify"]}
# What the house's own export says: 1 is told by both, 2 and 3 by it alone. Each numbers
# its lines and refunds by itself: 1 is the pack's, and here something of order 3.
OWN = {
    "customers": "id,first_name,created_at\n1,Old,2024-01-01\n2,Own,2024-01-01\n",
    "products": "id,title,price,updated_at\n1,Old,5,2025-01-01\n2,Own,6,2025-01-01\n",
    "orders": (
        "id,customer_id,email,currency,total_amount,test,created_at,updated_at\n"
        "1,,ada@mail.example,EUR,10,,2024-01-02,2025-01-01\n"
        "2,2,,EUR,20,,2024-01-02,2025-01-01\n"
        "3,2,,EUR,30,,2024-01-02,2025-01-01\n"
    ),
    "order_lines": (
        "id,order_id,product_id,quantity,price\n"
        "own-1,1,1,2,5\nown-2,2,2,1,20\n1,3,2,1,30\nown-3,3,2,1,9\n3,8,2,1,8\n"
    ),
    "refunds": (
        "id,order_id,customer_id,amount,currency,created_at\n"
        "own-1,1,1,10,EUR,2024-02-01\nown-2,2,2,20,EUR,2024-02-01\n"
        "1,3,2,30,EUR,2024-02-01\n4,,2,40,EUR,2024-02-01\n"
    ),
}
PACKS = {
    "customers": "id,first_name,created_at\n1,New,2024-01-01\n3,Next,2024-01-01\n",
    "products": "id,title,updated_at\n1,New,2024-01-01\n3,Next,2024-01-01\n",
    "product_variants": "id,product_id,price,position,updated_at\n9,1,7,1,2024-01-01\n",
    "orders": (
        "id,customer_id,currency,total_price,created_at\n1,1,EUR,11,2024-01-02\n"
    ),
    # Lines and refunds may land before their orders, 2, 7 and 8.
    "order_lines": (
        "id,order_id,product_id,quantity,price\n"
        "1,1,1,1,11\n2,2,1,1,12\nown-2,7,1,1,13\n3,8,2,1,14\n"
    ),
    "refunds": (
        "id,order_id,created_at\n"
        "1,1,2024-02-01\n2,2,2024-02-01\nown-2,7,2024-02-01\n4,7,2024-02-01\n"
    ),
}
# Table, its names in the vocabulary, and those that stand back.
TOLD = [
    ("customers", "first_name", "New Next Own", "shop:1"),
    ("products", "title", "New Next Own", "1"),
    ("orders", "order_id || ' ' || total_amount", "1 11.00 2 20.00 3 30.00", "1"),
    (
        "order_lines",
        "order_line_id || ' ' || order_id || ' ' || price",
        "1 1 11.00 3 8 14.00 own-2 7 13.00 own-3 3 9.00"
        " shop:1 3 30.00 shop:own-2 2 20.00",
        "3 own-1",
    ),
    (
        "refunds",
        "refund_id || ' ' || order_id || ' ' || amount",
        "1 1 0.00 4 7 0.00 own-2 7 0.00 shop:1 3 30.00 shop:own-2 2 20.00",
        "4 own-1",
    ),
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop that both tell of."""
    folder = tmp_path_factory.mktemp("both")
    settings = Settings(project_dir=PROJECT_DIR, data_dir=folder)
    exports = {"shop": OWN, "shopify": PACKS}
    files = [
        Fixture(f"{source}/{entity}/all.csv", text.encode())
        for source, entities in exports.items()
        for entity, text in entities.items()
    ]
    land(settings, files)
    shop.build(settings, [*BUILT, "order_conflicts"], variables=ON)
    return settings


@pytest.mark.parametrize(("entity", "named", "told", "back"), TOLD)
def test_each_thing_is_told_once(
    both: Settings, entity: str, named: str, told: str, back: str
) -> None:
    names = f"select string_agg({named}, ' ' order by {named}) from staging"
    assert ask(both, f"{names}.shop_{entity}") == [(told,)]
    aside = "select string_agg(id, ' ' order by id) from staging.told_twice"
    found = f"{aside} where source = 'shop' and entity = '{entity}'"
    assert ask(both, found) == [(back,)]


@pytest.mark.parametrize("entity", ["order_lines", "refunds"])
def test_parts_of_an_order_are_those_of_who_tells_it(
    both: Settings, entity: str
) -> None:
    """The pack has a line and a refund of order 2, which the house alone tells."""
    found = "select source, id from staging.told_twice where source != 'shop'"
    assert ask(both, f"{found} and entity = '{entity}'") == [("shopify", "2")]


def test_parts_stand_where_the_teller_of_the_order_has_none(tmp_path: Path) -> None:
    settings = Settings(project_dir=PROJECT_DIR, data_dir=tmp_path)
    files = {
        "shop/orders": OWN["orders"],
        "shopify/order_lines": PACKS["order_lines"],
        "shopify/refunds": PACKS["refunds"],
    }
    land(
        settings,
        [Fixture(f"{place}/all.csv", text.encode()) for place, text in files.items()],
    )
    shop.build(settings, BUILT, variables=ON)
    assert ask(settings, "from staging.told_twice") == []
    for entity in ("order_lines", "refunds"):
        told = f"select count(*) from staging.shop_{entity}"
        assert ask(settings, told) == [(4,)]


def test_a_price_is_that_of_whoever_tells_of_the_product(both: Settings) -> None:
    query = "select product_id, price::text from staging.shop_product_versions"
    assert sorted(ask(both, query)) == [("1", "7.00"), ("2", "6.00")]


def test_accepted_rows_are_told_or_stand_back(both: Settings) -> None:
    for entity in OWN:
        counted = "select count(*) from staging."
        ((told,),) = ask(both, f"{counted}shop_{entity}")
        aside = f"{counted}told_twice where entity = '{entity}'"
        ((back,),) = ask(both, aside)
        accepted = "select sum(accepted_count) from staging.file_reconciliation"
        assert ask(both, f"{accepted} where entity = '{entity}'") == [(told + back,)]


def test_keys_are_unique_and_the_account_tells_of_it(both: Settings) -> None:
    for model, column in unique_columns(MODELS):
        rows = f"select count(*) = count(distinct {column}) from staging.{model}"
        assert ask(both, rows) == [(True,)], model
    query = """
        select entity, conflict_count from staging.file_reconciliation
        where source = 'shop' order by all
    """
    wanted = {"customers": 1, "products": 1, "orders": 1}
    wanted |= {"order_lines": 2, "refunds": 2}
    assert ask(both, query) == sorted(wanted.items())
    assert ask(both, "from staging.order_conflicts") == []


def test_what_one_source_tells_alone_stands(tmp_path: Path) -> None:
    settings = Settings(project_dir=PROJECT_DIR, data_dir=tmp_path)
    land(settings, fixtures("shopify"))
    shop.build(settings, BUILT, variables={"sources": []})
    assert ask(settings, "from staging.told_twice") == []
