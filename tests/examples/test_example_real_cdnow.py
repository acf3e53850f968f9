"""CDNOW, whole, against facts that pandas computes without the mapping."""

from decimal import Decimal

import pandas as pd
import pytest

from examples import find


@pytest.fixture(scope="module")
def source(shared_data):
    file = shared_data / "transactions_cdnow" / "cdnow_master.parquet"
    if not file.is_file():
        pytest.skip(f"no CDNOW data at {file}")
    return file


@pytest.fixture(scope="module")
def purchases(source):
    """The purchases, with the amount of each in cents."""
    frame = pd.read_parquet(source)
    return frame.assign(cents=(frame.dollar_value * 100).round().astype("int64"))


@pytest.fixture(scope="module")
def mapped(source, tmp_path_factory):
    """The report, and the raw files as frames of text."""
    raw = tmp_path_factory.mktemp("cdnow") / "raw"
    report = find("cdnow").map(source, raw)
    frames = {
        path.parent.name: pd.read_csv(path, dtype=str) for path in raw.glob("shop/*/*")
    }
    return report, frames


def test_every_purchase_is_a_line(mapped, purchases):
    report, frames = mapped
    assert report.rows_in == len(purchases) == 69_659
    assert report.rows_out == {"shop/order_lines": len(purchases)}
    assert report.set_aside == {}
    assert frames["order_lines"].id.nunique() == len(purchases)


def test_an_order_is_a_customers_day_and_its_total_is_exact(mapped, purchases):
    days = purchases.groupby(["customer_id", "date"]).cents.sum()
    orders = mapped[1]["orders"]
    found = orders.assign(
        customer_id=orders.customer_id.astype("int64"),
        date=pd.to_datetime(orders.created_at).dt.normalize(),
        cents=orders.total_amount.map(lambda text: int(Decimal(text) * 100)),
    )
    found = found.set_index(["customer_id", "date"]).cents.sort_index()
    pd.testing.assert_series_equal(found, days.sort_index(), check_index_type=False)
    assert orders.id.is_unique


def test_customers_are_known_since_their_first_purchase(mapped, purchases):
    first = purchases.groupby("customer_id").date.min()
    customers = mapped[1]["customers"]
    since = pd.to_datetime(customers.created_at).dt.normalize()
    assert dict(zip(customers.id.astype(int), since, strict=True)) == first.to_dict()
