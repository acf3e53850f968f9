"""Each rule of the Online Retail mapping, at its boundary, on rows of our own."""

from collections import Counter

import pytest

from warehouse.errors import TesseraError

HEADER = [
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
    "CustomerID", "Country",
]  # fmt: skip


def line(invoice="536365", **changes):
    """One good row of an invoice, with changes."""
    good = {
        "code": "71053", "title": "LANTERN", "quantity": 6,
        "at": "2010-12-01 08:26:00", "price": "3.39", "customer": "17850",
        "country": "United Kingdom",
    }  # fmt: skip
    return [invoice, *{**good, **changes}.values()]


@pytest.fixture
def map_rows(run, write_csv):
    """Map rows of invoice lines."""
    return lambda *rows: run("online_retail", write_csv("lines.csv", HEADER, rows))


def test_an_order_is_the_sum_of_its_lines(map_rows):
    mapped = map_rows(line(), line(code="85123A", quantity=2, price="2.55"))
    (order,) = mapped.rows("orders")
    assert order["id"] == "536365"
    assert order["customer_id"] == "17850"
    assert (order["total_amount"], order["currency"]) == ("25.4400", "GBP")
    assert order["created_at"] == "2010-12-01 08:26:00"
    assert len(mapped.rows("order_lines")) == 2


def test_lines_without_a_customer_are_a_guest_order(map_rows):
    mapped = map_rows(line(customer=""))
    assert mapped.rows("orders")[0]["customer_id"] == ""
    assert mapped.rows("customers") == []
    assert mapped.report.facts["guest orders"] == 1


@pytest.mark.parametrize("written", ["17850", "17850.0", " 17850 "])
def test_customer_numbers_saved_as_decimals_are_the_same(map_rows, written):
    assert map_rows(line(customer=written)).rows("customers")[0]["id"] == "17850"


def test_exact_repeats_share_an_id_and_count_once(map_rows):
    mapped = map_rows(line(), line(), line(quantity=5))
    ids = Counter(row["id"] for row in mapped.rows("order_lines"))
    assert sorted(ids.values()) == [1, 2]
    assert mapped.rows("orders")[0]["total_amount"] == "37.2900"
    assert mapped.report.rows_out == {"shop/order_lines": 3}
    assert mapped.report.facts["repeated rows (equal in every column)"] == 1


def test_repeated_credit_note_lines_give_back_once(map_rows):
    mapped = map_rows(*[line("C9", quantity=-1)] * 2)
    assert mapped.rows("refunds")[0]["amount"] == "3.3900"
    assert mapped.report.rows_out == {"shop/refunds": 2}


def test_a_credit_note_is_one_positive_refund(map_rows):
    mapped = map_rows(
        line("C9", quantity=-2),
        line("C9", quantity=-1, code="D", title="Discount", price="10"),
    )
    (refund,) = mapped.rows("refunds")
    assert (refund["id"], refund["amount"]) == ("C9", "16.7800")
    assert (refund["order_id"], refund["customer_id"]) == ("", "17850")
    assert refund["reason"] == "return"
    assert mapped.rows("orders") == []
    assert len(mapped.rows("customers")) == 1


def test_a_credit_note_of_charges_alone_is_an_adjustment(map_rows):
    mapped = map_rows(line("C9", quantity=-1, code="m", title="Manual"))
    assert mapped.rows("refunds")[0]["reason"] == "adjustment"


AFTER = "2010-12-02 08:00:00"


@pytest.mark.parametrize(
    ("note", "order_id"),
    [
        ({"quantity": -6}, "536365"),
        ({"quantity": -7}, ""),
        ({"quantity": -1, "price": "3.38"}, ""),
        ({"quantity": -1, "at": "2010-12-01 08:25:59"}, ""),
        ({"quantity": -1, "customer": "1"}, ""),
        ({"quantity": -1, "customer": ""}, ""),
        ({"quantity": -1, "code": "D"}, ""),
    ],
)
def test_a_refund_knows_its_order_only_when_it_is_certain(map_rows, note, order_id):
    mapped = map_rows(line(), line("C9", **{"at": AFTER, **note}))
    assert mapped.rows("refunds")[0]["order_id"] == order_id


def test_a_refund_that_fits_two_orders_knows_none(map_rows):
    rows = [line(), line("536366"), line("C9", quantity=-1, at=AFTER)]
    assert map_rows(*rows).rows("refunds")[0]["order_id"] == ""


def test_a_refund_must_fit_with_every_line(map_rows):
    rows = [line(), line("C9", quantity=-1, at=AFTER)]
    other = line("C9", quantity=-1, at=AFTER, code="22720")
    assert map_rows(*rows).rows("refunds")[0]["order_id"] == "536365"
    assert map_rows(*rows, other).rows("refunds")[0]["order_id"] == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line(""), "no invoice number"),
        (line(code=""), "no stock code"),
        (line(at="13/13/2011 8:00"), "no readable date"),
        (line(quantity="six"), "no readable quantity"),
        (line(quantity="1.5"), "no readable quantity"),
        (line(price="free"), "no readable price"),
        (line("A563185", code="B"), "neither an invoice nor a credit note (bad debt)"),
        (line(code="AMAZONFEE"), "fee or bookkeeping"),
        (line("C9", code="CRUK", quantity=-1), "fee or bookkeeping"),
        (line(code="Bank Charges"), "fee or bookkeeping"),
        (line("C9", code="S", quantity=-1), "sample"),
        (line("C9"), "credit note line that gives nothing back"),
        (line("C9", quantity=-1, price=0), "credit note line that gives nothing back"),
        (line(price="-1"), "negative price"),
        (line(quantity=-1), "nothing sold outside a credit note"),
        (line(quantity=0), "nothing sold outside a credit note"),
        (line(quantity=-1, price=0, customer=""), "stock adjustment"),
        (line(price=0, customer=""), "stock adjustment"),
    ],
)
def test_what_is_no_sale_is_set_aside_with_its_reason(map_rows, row, reason):
    mapped = map_rows(row)
    assert mapped.report.set_aside == {reason: 1}
    assert [aside["reason"] for aside in mapped.set_aside()] == [reason]
    assert mapped.rows("orders") == mapped.rows("refunds") == []


def test_a_free_line_is_kept_for_a_customer_or_beside_a_sale(map_rows):
    gift = line(price=0)
    assert map_rows(gift).rows("orders")[0]["total_amount"] == "0.0000"
    beside = [line(customer=""), line(customer="", price=0, code="22720")]
    assert map_rows(*beside).report.facts["free lines"] == 1
    assert map_rows(*beside).report.set_aside == {}


def test_charges_are_paid_but_are_no_product(map_rows):
    mapped = map_rows(line(), line(code="POST", title="POSTAGE", price="18"))
    charge = next(r for r in mapped.rows("order_lines") if r["sku"] == "POST")
    assert charge["product_id"] == ""
    assert [p["id"] for p in mapped.rows("products")] == ["71053"]
    assert mapped.rows("orders")[0]["total_amount"] == "128.3400"


def test_one_invoice_at_two_minutes_is_one_order(map_rows):
    mapped = map_rows(line(), line(at="2010-12-01 08:27:00", code="22720"))
    (order,) = mapped.rows("orders")
    assert order["created_at"] == "2010-12-01 08:26:00"
    assert order["updated_at"] == "2010-12-01 08:27:00"


def test_one_invoice_of_two_buyers_is_two_orders(map_rows):
    mapped = map_rows(line(), line(customer="12347", quantity=1), line(customer=""))
    orders = {(o["id"], o["customer_id"]) for o in mapped.rows("orders")}
    assert orders == {("536365", "17850"), ("536365", "12347"), ("536365", "")}
    assert mapped.report.facts["invoice numbers used by two buyers"] == 1


def test_stock_codes_in_small_letters_are_the_same_product(map_rows):
    mapped = map_rows(line(code="85123a"), line("536366", code="85123A"))
    assert [p["id"] for p in mapped.rows("products")] == ["85123A"]


def test_a_product_has_its_latest_title_and_price_since_they_are_so(map_rows):
    mapped = map_rows(
        line("1", at="2011-01-01 10:00:00", price="2"),
        line("2", at="2011-02-01 10:00:00", price="3"),
        line("3", at="2011-03-01 10:00:00", price="3"),
    )
    (product,) = mapped.rows("products")
    assert product["price"] == "3.0000"
    assert product["created_at"] == "2011-01-01 10:00:00"
    assert product["updated_at"] == "2011-02-01 10:00:00"


def test_a_customer_is_in_the_country_of_the_latest_invoice(map_rows):
    mapped = map_rows(
        line("1", at="2011-01-01 10:00:00", country="Belgium"),
        line("2", at="2011-02-01 10:00:00", country="EIRE"),
        line("3", at="2011-03-01 10:00:00", country="EIRE"),
    )
    (customer,) = mapped.rows("customers")
    assert customer["country_code"] == "IE"
    assert customer["created_at"] == "2011-01-01 10:00:00"
    assert customer["updated_at"] == "2011-02-01 10:00:00"


def test_a_country_without_a_code_is_left_empty_and_counted(map_rows):
    mapped = map_rows(line(country="Unspecified"))
    assert mapped.rows("customers")[0]["country_code"] == ""
    assert mapped.report.facts["countries without a code"] == 1


@pytest.mark.parametrize("at", ["12/1/2010 8:26", "12/1/10 8:26", "2010-12-01T08:26"])
def test_spreadsheet_dates_are_read_month_first(map_rows, at):
    assert map_rows(line(at=at)).rows("orders")[0]["created_at"] == (
        "2010-12-01 08:26:00"
    )


def test_the_second_edition_of_the_data_is_read(run, write_csv):
    header = [
        "Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price",
        "Customer ID", "Country",
    ]  # fmt: skip
    report = run("online_retail", write_csv("l.csv", header, [line()])).report
    assert report.rows_out == {"shop/order_lines": 1}
    assert report.notes == ()


def test_a_missing_necessary_column_is_named(run, write_csv):
    header = [name if name != "UnitPrice" else "Unit Prize" for name in HEADER]
    with pytest.raises(TesseraError, match="`unit_price` is missing") as caught:
        run("online_retail", write_csv("lines.csv", header, [line()]))
    assert str(caught.value).startswith("lines.csv: ")
    assert "Did you mean `Unit Prize`?" in str(caught.value)
