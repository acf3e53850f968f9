"""Each rule of the web shop mapping, at its boundary, on rows of our own."""

import json

import pytest

from warehouse.errors import TesseraError

HEADER = [
    "client_id", "page_url", "referrer", "timestamp", "event_name", "event_data",
    "user_agent",
]  # fmt: skip
HASH = "0123456789abcdef" * 4
ORDER = {
    "transaction_id": "ORD-1",
    "revenue": 421.6,
    "items": [{"item_id": "Q-1", "item_name": "Bed", "quantity": 2, "item_price": 99}],
    "user_email": HASH,
}


def row(name="page_viewed", **changes):
    """One good row, with changes."""
    good = {
        "client": "v1", "url": "https://s.example/", "referrer": "",
        "at": "2025-02-23T00:00:01.750Z", "name": name, "data": "", "agent": "UA",
    }  # fmt: skip
    cells = {**good, **changes}
    if isinstance(cells["data"], dict):
        cells["data"] = json.dumps(cells["data"])
    return list(cells.values())


@pytest.fixture
def map_rows(run, write_csv):
    """Map rows of web events."""
    return lambda *rows: run("web_shop", write_csv("day.csv", HEADER, rows))


@pytest.fixture
def map_one(map_rows):
    """Map one row to its one call."""

    def _map(*args, **changes):
        (call,) = map_rows(row(*args, **changes)).calls()
        return call

    return _map


def test_a_page_view_is_a_page_call_of_its_visitor(map_one):
    call = map_one(referrer="https://g.example/", url="https://s.example/cart?a=1")
    assert call["type"] == "page"
    assert call["anonymousId"] == "v1"
    assert call["timestamp"] == "2025-02-23T00:00:01.750000Z"
    page = {
        "url": "https://s.example/cart?a=1", "path": "/cart",
        "referrer": "https://g.example/",
    }  # fmt: skip
    assert call["context"]["page"] == page
    assert call["context"]["userAgent"] == "UA"
    assert "event" not in call
    assert "messageId" not in call


@pytest.mark.parametrize(
    ("path", "handle"),
    [
        ("/products/soft-bed", "soft-bed"),
        ("/products/Soft-Bed/?size=1", "soft-bed"),
        ("/collections/all/products/soft-bed#top", "soft-bed"),
        ("/products/soft-bed&_kx=1", "soft-bed"),
        ("/products/", None),
        ("/products", None),
        ("/our-products/soft-bed", None),
    ],
)
def test_a_view_of_a_product_page_is_a_product_viewed(map_one, path, handle):
    call = map_one(url="https://s.example" + path)
    assert call["type"] == ("track" if handle else "page")
    assert call.get("event") == ("Product Viewed" if handle else None)
    assert call["properties"].get("product_id") == handle
    assert call["context"]["page"]["url"] == "https://s.example" + path


def test_an_addition_takes_its_product_from_the_page(map_one):
    url = "https://s.example/products/soft-bed"
    call = map_one("product_added_to_cart", url=url)
    assert (call["type"], call["event"]) == ("track", "Product Added")
    assert call["properties"] == {"product_id": "soft-bed"}
    assert map_one("product_added_to_cart")["properties"] == {}


def test_a_started_checkout_is_tracked(map_one):
    call = map_one("checkout_started")
    assert (call["type"], call["event"]) == ("track", "Checkout Started")


def test_a_filled_popup_identifies_by_the_address_as_it_is(map_one):
    call = map_one("email_filled_on_popup", data={"user_email": HASH})
    assert call["type"] == "identify"
    assert call["traits"] == {"email": HASH}


def test_a_completed_checkout_is_an_order(map_one):
    call = map_one("checkout_completed", data=ORDER)
    assert (call["type"], call["event"]) == ("track", "Order Completed")
    properties = call["properties"]
    assert properties["order_id"] == "ORD-1"
    assert properties["revenue"] == properties["total"] == 421.6
    assert properties["currency"] == "USD"
    (product,) = properties["products"]
    assert (product["product_id"], product["name"]) == ("Q-1", "Bed")
    assert (product["price"], product["quantity"]) == (99, 2)
    assert call["traits"] == {"email": HASH}


def test_an_order_without_revenue_stays_an_order_of_zero(map_rows):
    mapped = map_rows(row("checkout_completed", data={**ORDER, "revenue": 0}))
    assert mapped.calls()[0]["properties"]["revenue"] == 0
    assert mapped.report.facts["completed checkouts without revenue"] == 1


def test_an_item_that_names_nothing_is_no_product(map_one):
    empty = {"item_id": None, "item_name": None, "quantity": None, "item_price": None}
    call = map_one("checkout_completed", data={**ORDER, "items": [empty]})
    assert call["properties"]["products"] == []


def test_one_order_id_of_two_buyers_is_counted(map_rows):
    other = {**ORDER, "user_email": HASH[::-1]}
    rows = [row("checkout_completed", data=data) for data in (ORDER, ORDER, other)]
    mapped = map_rows(*rows)
    assert mapped.report.facts["order ids used by two buyers"] == 1
    assert mapped.report.facts["repeated rows (equal in every column)"] == 1
    assert len(mapped.calls()) == 3


@pytest.mark.parametrize("client", ["", "null", "undefined", "  "])
def test_a_row_without_a_visitor_has_no_anonymous_id(map_rows, client):
    mapped = map_rows(row(client=client))
    assert "anonymousId" not in mapped.calls()[0]
    assert mapped.report.facts["rows without a visitor"] == 1


def test_bots_stay_in(map_one):
    agent = "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"
    assert map_one(agent=agent)["context"]["userAgent"] == agent


def test_campaign_parameters_are_decoded(map_one):
    query = (
        "utm_source=a%20b&UTM_Medium=c+d&utm_campaign=%C3%A9&utm_content=&utm_term=x"
    )
    campaign = map_one(url=f"https://s.example/?{query}")["context"]["campaign"]
    assert campaign == {"source": "a b", "medium": "c d", "name": "é", "term": "x"}


def test_an_advertisers_campaign_id_stands_in_for_the_name(map_one):
    url = "https://s.example/?campaign_id=7"
    assert map_one(url=url)["context"]["campaign"] == {"name": "7"}
    url += "&utm_campaign=spring"
    assert map_one(url=url)["context"]["campaign"] == {"name": "spring"}


def test_a_parameter_that_cannot_be_decoded_stays_as_it_is(map_one):
    campaign = map_one(url="https://s.example/?utm_source=%FFx")["context"]["campaign"]
    assert campaign == {"source": "%FFx"}


@pytest.mark.parametrize("data", ['{"transaction_id": "OR', "[1]", '"text"', "7"])
def test_broken_data_keeps_the_event_and_is_counted(map_rows, data):
    mapped = map_rows(row("checkout_completed", data=data))
    (call,) = mapped.calls()
    assert call["event"] == "Order Completed"
    assert "order_id" not in call["properties"]
    facts = mapped.report.facts
    assert facts["rows whose event_data is broken (kept without it)"] == 1
    assert facts["completed checkouts without an order id or an amount"] == 1


@pytest.mark.parametrize("revenue", ["much", None, {"amount": 1}])
def test_an_unreadable_amount_is_left_out(map_one, revenue):
    call = map_one("checkout_completed", data={**ORDER, "revenue": revenue})
    assert not {"revenue", "total", "currency"} & set(call["properties"])


@pytest.mark.parametrize(
    "at",
    [
        "2025-02-23 00:00:01.75", "2025-02-23T01:00:01.750+01:00",
        "2025-02-23 00:00:01.750 UTC", "1740268801.75", "1740268801750",
        "1740268801750000",
    ],
)  # fmt: skip
def test_moments_of_every_form_are_the_same(map_one, at):
    assert map_one(at=at)["timestamp"] == "2025-02-23T00:00:01.750000Z"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (row(at=""), "no timestamp"),
        (row(at="yesterday"), "no readable timestamp"),
        (row(at="20250223"), "no readable timestamp"),
        (row(""), "no event name"),
        (row("page_hovered"), "unknown event name"),
    ],
)
def test_what_is_no_event_is_set_aside_with_its_reason(map_rows, cells, reason):
    mapped = map_rows(cells, row())
    assert mapped.report.set_aside == {reason: 1}
    (aside,) = mapped.set_aside()
    assert (aside["reason"], aside["file"]) == (reason, "day.csv")
    assert json.loads(aside["raw"])["client_id"] == "v1"
    assert len(mapped.calls()) == 1


@pytest.mark.parametrize("name", ["Page Viewed", "pageViewed", "page_view"])
def test_events_may_be_spelled_in_other_ways(map_one, name):
    assert map_one(name)["type"] == "page"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("client_id", "clientId"), ("client_id", "visitor_id"), ("page_url", "URL"),
        ("timestamp", "ts"), ("timestamp", "event_timestamp"), ("event_name", "event"),
        ("event_data", "properties"), ("user_agent", "userAgent"),
        ("referrer", "referer"),
    ],
)  # fmt: skip
def test_renamed_columns_give_the_same_bytes(run, write_csv, old, new):
    cells = row("checkout_completed", data=ORDER, referrer="https://g.example/")
    renamed = [new if name == old else name for name in HEADER]
    first = run("web_shop", write_csv("day.csv", HEADER, [cells]), "one")
    second = run("web_shop", write_csv("day.csv", renamed, [cells]), "two")
    assert first.contents() == second.contents()
    assert second.report.notes == ()


def test_days_may_differ_in_their_columns(run, write_csv):
    write_csv("1.csv", HEADER, [row()])
    header = ["clientId", *HEADER[1:2], *HEADER[3:], "colour"]
    cells = row(client="v2")
    folder = write_csv("2.csv", header, [[*cells[:2], *cells[3:], "red"]])
    mapped = run("web_shop", folder)
    assert [call["anonymousId"] for call in mapped.calls()] == ["v1", "v2"]
    assert mapped.report.notes == (
        "2.csv: no column `referrer`: left empty",
        "2.csv: column `colour` is not used",
    )


def test_two_columns_of_one_meaning_fill_each_other(run, write_csv):
    rows = [[*row(client="v1"), ""], [*row(client=""), "v2"], [*row(client=""), ""]]
    mapped = run("web_shop", write_csv("1.csv", [*HEADER, "clientId"], rows))
    assert [c.get("anonymousId") for c in mapped.calls()] == ["v1", "v2", None]


@pytest.mark.parametrize("name", ["timestamp", "event_name"])
def test_a_missing_necessary_column_is_named(run, write_csv, name):
    place = HEADER.index(name)
    header = [*HEADER[:place], *HEADER[place + 1 :]]
    cells = [*row()[:place], *row()[place + 1 :]]
    with pytest.raises(TesseraError, match=f"`{name}` is missing") as caught:
        run("web_shop", write_csv("day.csv", header, [cells]))
    assert str(caught.value).startswith("day.csv: ")
    assert "`client_id`" in caught.value.given
    assert f"`{name}`" in caught.value.allowed


def test_a_misspelt_necessary_column_is_guessed(run, write_csv):
    header = ["timestmp" if name == "timestamp" else name for name in HEADER]
    with pytest.raises(TesseraError, match="Did you mean `timestmp`"):
        run("web_shop", write_csv("day.csv", header, [row()]))
