"""Each rule of the CDNOW mapping, at its boundary, on rows of our own."""

import csv

import pytest

HEADER = ["customer_id", "date", "n_cds", "dollar_value"]


@pytest.fixture
def map_rows(run, write_csv):
    """Map purchases; gives back the report and a function that reads an entity."""

    def _map(*rows):
        mapped = run("cdnow", write_csv("a.csv", HEADER, rows))

        def entity(name):
            text = (mapped.raw / "shop" / name / "cdnow.csv").read_text()
            return list(csv.DictReader(text.splitlines()))

        return mapped, entity

    return _map


def test_the_purchases_of_a_day_are_one_order(map_rows):
    _, entity = map_rows(
        [2, "1997-01-12", 1, 12.0],
        [2, "1997-01-12", 5, 77.1],
        [2, "1997-01-13", 1, 12.0],
        [3, "1997-01-12", 1, 12.0],
    )
    totals = {(o["id"], o["total_amount"]) for o in entity("orders")}
    assert totals == {
        ("2-19970112", "89.10"), ("2-19970113", "12.00"), ("3-19970112", "12.00"),
    }  # fmt: skip
    told = [(line["order_id"], line["title"]) for line in entity("order_lines")]
    assert sorted(told)[:2] == [("2-19970112", "1 CD"), ("2-19970112", "5 CDs")]


def test_equal_purchases_stay_and_are_told_apart(map_rows):
    mapped, entity = map_rows(*[[2, "1997-01-12", 1, 12.0]] * 3)
    assert len({line["id"] for line in entity("order_lines")}) == 3
    assert entity("orders")[0]["total_amount"] == "36.00"
    assert mapped.report.facts["purchases equal to another of the day"] == 2


def test_a_customer_is_known_since_the_first_purchase(map_rows):
    _, entity = map_rows([7, "1997-03-30", 1, 0], [7, "1997-01-02", 1, 0])
    (customer,) = entity("customers")
    assert customer["id"] == "7"
    assert customer["created_at"] == "1997-01-02 12:00:00"


@pytest.mark.parametrize("date", ["19970112", "1997-01-12", "1997-01-12 00:00:00"])
def test_a_day_is_its_noon(map_rows, date):
    _, entity = map_rows([2, date, 1, 12.0])
    assert entity("orders")[0]["created_at"] == "1997-01-12 12:00:00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "1997-01-12", 1, 12.0], "no customer"),
        ([2, "1997-02-30", 1, 12.0], "no readable date"),
        ([2, "1997-01-12", 0, 12.0], "no readable number of CDs"),
        ([2, "1997-01-12", 1.5, 12.0], "no readable number of CDs"),
        ([2, "1997-01-12", 1, "free"], "no readable amount"),
        ([2, "1997-01-12", 1, -0.01], "negative amount"),
    ],
)
def test_what_cannot_be_used_is_set_aside(map_rows, row, reason):
    mapped, entity = map_rows(row, [2, "1997-01-12", 1, 0])
    assert mapped.report.set_aside == {reason: 1}
    assert mapped.report.rows_out == {"shop/order_lines": 1}
    assert [one["reason"] for one in mapped.set_aside()] == [reason]
    assert len(entity("orders")) == 1
