"""Online Retail, whole, against facts that pandas computes without the mapping."""

from decimal import Decimal

import pandas as pd
import pytest

from examples import find

NO_SALE = ["AMAZONFEE", "BANK CHARGES", "CRUK", "B", "S"]


@pytest.fixture(scope="module")
def source(shared_data):
    folder = shared_data / "transactions_online_retail"
    if not folder.is_dir():
        pytest.skip(f"no Online Retail data at {folder}")
    return folder


@pytest.fixture(scope="module")
def facts(source):
    """The rows without exact repeats, with the amount of each in tenths of a penny."""
    frame = pd.read_parquet(source / "transactions.parquet")
    frame = frame.drop_duplicates().assign(
        code=lambda f: f.StockCode.str.upper(),
        mills=lambda f: f.Quantity * (f.UnitPrice * 1000).round().astype("int64"),
        is_note=lambda f: f.InvoiceNo.str.startswith("C"),
    )
    return frame[~frame.code.isin(NO_SALE) & ~frame.InvoiceNo.str.startswith("A")]


@pytest.fixture(scope="module")
def sales(facts):
    """What was sold: real invoices of a customer, or of a guest who paid something."""
    sold = facts[~facts.is_note & (facts.Quantity > 0)]
    paid = sold.groupby("InvoiceNo").UnitPrice.transform("max") > 0
    return sold[sold.CustomerID.notna() | paid]


@pytest.fixture(scope="module")
def mapped(source, tmp_path_factory):
    """The report, and the raw files as frames of text."""
    raw = tmp_path_factory.mktemp("retail") / "raw"
    report = find("online_retail").map(source, raw)
    frames = {
        path.parent.name: pd.read_csv(path, dtype=str) for path in raw.glob("shop/*/*")
    }
    return report, frames


def total(amounts):
    return sum((Decimal(amount) for amount in amounts), Decimal(0))


def test_every_row_is_in_one_place(mapped, source):
    report, frames = mapped
    rows = len(pd.read_parquet(source / "transactions.parquet"))
    aside = sum(report.set_aside.values())
    assert report.rows_in == rows == sum(report.rows_out.values()) + aside
    assert report.rows_out["shop/order_lines"] == len(frames["order_lines"])
    written = {f"shop/{name}": len(frame) for name, frame in frames.items()}
    assert report.lines_written == written


def test_customers_are_the_distinct_numbers(mapped, source):
    frame = pd.read_parquet(source / "transactions.parquet")
    numbers = set(frame.CustomerID.dropna().astype(int).astype(str))
    assert set(mapped[1]["customers"].id) == numbers
    assert mapped[1]["customers"].id.is_unique


def test_orders_are_the_invoices_that_sell(mapped, sales):
    orders = mapped[1]["orders"]
    assert set(orders.id) == set(sales.InvoiceNo)
    assert orders.id.is_unique
    guests = sales[sales.CustomerID.isna()].InvoiceNo.nunique()
    assert mapped[0].facts["guest orders"] == guests == orders.customer_id.isna().sum()


def test_repeats_are_kept_and_share_their_id(mapped, sales):
    lines = mapped[1]["order_lines"]
    assert lines.id.nunique() == len(sales)
    assert len(lines.drop_duplicates()) == lines.id.nunique()


def test_refunds_are_the_credit_notes(mapped, facts):
    notes = facts[facts.is_note]
    refunds = mapped[1]["refunds"]
    assert set(refunds.id) == set(notes.InvoiceNo)
    assert refunds.id.is_unique
    assert total(refunds.amount) == Decimal(int(-notes.mills.sum())) / 1000


def test_net_revenue_is_exact_for_every_customer(mapped, sales, facts):
    notes = facts[facts.is_note]
    expected = pd.concat([sales, notes]).groupby("CustomerID", dropna=False).mills.sum()
    orders, refunds = mapped[1]["orders"], mapped[1]["refunds"]
    earned = orders.assign(amount=orders.total_amount.map(Decimal))
    given = refunds.assign(amount=refunds.amount.map(lambda text: -Decimal(text)))
    both = pd.concat([earned, given])
    net = both.assign(mills=(both.amount * 1000).astype("int64"))
    found = net.groupby(pd.to_numeric(net.customer_id), dropna=False).mills.sum()
    pd.testing.assert_series_equal(
        found.sort_index(), expected.sort_index(), check_index_type=False,
        check_names=False,
    )  # fmt: skip


def test_refunds_never_exceed_the_order_they_name(mapped):
    refunds, orders = mapped[1]["refunds"], mapped[1]["orders"]
    linked = refunds.dropna(subset="order_id")
    assert len(linked) == mapped[0].facts["credit notes joined to their order"] > 0
    given = linked.assign(a=linked.amount.map(Decimal)).groupby("order_id").a.sum()
    owed = orders.set_index("id").total_amount.map(Decimal)
    assert (given <= owed.reindex(given.index)).all()
    buyers = linked.merge(orders, left_on="order_id", right_on="id")
    assert (buyers.customer_id_x == buyers.customer_id_y).all()


def test_lines_know_their_products(mapped):
    frames = mapped[1]
    used = set(frames["order_lines"].product_id.dropna())
    assert used == set(frames["products"].id)
    assert frames["products"].title.notna().all()
    assert frames["products"].id.is_unique
