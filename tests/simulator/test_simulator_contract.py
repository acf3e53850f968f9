"""The exports keep the raw contract: names, columns, stamps and zones."""

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.calendar import DAY, END, HOUR, History, berlin, milliseconds

from .conftest import Shop

CONTRACT = Path(__file__).parents[2] / "docs" / "raw-contract.md"
LOCAL = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
TABLES = {
    "customers": "customers",
    "products": "products",
    "orders": "orders",
    "order_lines": "order_lines",
    "refunds": "refunds",
    "subscribers": "subscribers",
    "contacts": "contacts",
}
# What a shop may tell, and the simulated one does not: all it has can be bought.
UNTOLD = {"products": {"status", "stock_quantity"}}


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_contract(shop: Shop, table: str) -> None:
    sections = re.split(r"^## ", CONTRACT.read_text(), flags=re.M)
    text = "".join(s for s in sections if re.match(r"(shop|esp|crm)\b", s))
    (entry,) = re.findall(
        rf"^- `{table}`[^:]*: (.*?)(?=^- |^\n|^The |\Z)", text, re.M | re.S
    )
    entry = re.sub(r"\([^)]*\)", "", entry)
    promised = [name.strip() for name in entry.replace("\n", " ").split(",")]
    columns = [name for (name, *_) in shop.all(f"describe {table}")]
    untold = UNTOLD.get(table, set())
    assert columns == [name for name in promised if name not in untold]


@pytest.mark.parametrize("table", ["customers", "orders", "refunds", "contacts"])
def test_shop_and_crm_stamps_have_no_zone(shop: Shop, table: str) -> None:
    (odd, total) = shop.one(
        f"select count(*) filter (not regexp_full_match(created_at, '{LOCAL}')), "
        f"count(*) from {table}"
    )
    assert odd == 0
    assert total > 0


def test_nothing_arrives_after_the_end(shop: Shop) -> None:
    (web,) = shop.one("select max(\"receivedAt\") < '2025-12-31 00:00:00+00' from web")
    (mail,) = shop.one("select max(to_timestamp(received_at)) < '2025-12-31' from mail")
    (order,) = shop.one("select max(updated_at) < '2025-12-31 01:00:00' from orders")
    assert web
    assert mail
    assert order


def test_nothing_arrives_before_it_was_sent(shop: Shop) -> None:
    (early,) = shop.one('select count(*) from web where "sentAt" > "receivedAt"')
    assert early == 0


def test_the_window_is_that_of_the_days(shop: Shop) -> None:
    (first,) = shop.one('select min("receivedAt") from web')
    assert first >= dt.datetime(2025, 7, 4, tzinfo=dt.UTC)
    assert dt.date(2025, 12, 31) == END


def test_a_window_may_end_on_another_day() -> None:
    history = History(180, dt.date(2025, 6, 20))
    assert history.dates[history.window.stop] == dt.date(2025, 6, 20)
    assert history.end_ms == milliseconds(dt.date(2025, 6, 20))
    assert history.start_ms == history.end_ms - 180 * DAY


def test_a_file_holds_what_arrived_in_its_month(shop: Shop) -> None:
    for file in (shop.report.out / "web" / "events").iterdir():
        month = file.name.split("-", 1)[1][:7]
        stamps = re.findall(rf'"receivedAt":"({UTC})"', file.read_text())
        assert stamps == sorted(stamps)
        assert {stamp[:7] for stamp in stamps} == {month}


def test_a_newer_version_has_a_newer_stamp(shop: Shop) -> None:
    (versions, same_stamp, other_buyer) = shop.one(
        """
        select count(*), count(*) filter (stamps < lines), count(*) filter (buyers > 1)
        from (
            select id, count(*) as lines, count(distinct updated_at) as stamps,
                count(distinct customer_id) as buyers
            from orders group by id having count(*) > 1
        )
        """
    )
    assert versions > 10
    assert (same_stamp, other_buyer) == (0, 0)


def test_lines_add_up_to_their_order(shop: Shop) -> None:
    (wrong, orders) = shop.one(
        """
        with lines as (
            select order_id, sum(price::decimal(18, 2) * quantity::int) as subtotal
            from order_lines group by order_id
        )
        select count(*) filter (subtotal is distinct from
                subtotal_amount::decimal(18, 2)
                or total_amount::decimal(18, 2)
                != subtotal - discount_amount::decimal(18, 2)),
            count(*)
        from orders left join lines on order_id = id
        """
    )
    assert wrong == 0
    assert orders > 100


def test_links_lead_to_products(shop: Shop) -> None:
    (clicks, found) = shop.one(
        """
        select count(*), count(id) from mail
        left join products on url like '%/products/' || id where event = 'click'
        """
    )
    assert clicks == found > 100


def test_berlin_is_berlin() -> None:
    start = milliseconds(dt.date(2023, 1, 1))
    moments = start + np.arange(0, 3 * 365 * 24) * HOUR
    zone, expected = ZoneInfo("Europe/Berlin"), []
    for moment in moments.tolist():
        offset = dt.datetime.fromtimestamp(moment / 1000, zone).utcoffset()
        assert offset is not None
        expected.append(moment + offset // dt.timedelta(milliseconds=1))
    assert berlin(moments).tolist() == expected
