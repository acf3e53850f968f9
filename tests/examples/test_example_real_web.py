"""Real days of web events against facts that pandas computes without the mapping."""

import json
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from examples import find
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import PROJECT_DIR, Settings

NAMES = {
    "product_added_to_cart": "Product Added",
    "checkout_started": "Checkout Started",
    "checkout_completed": "Order Completed",
}


@pytest.fixture(scope="module")
def source(shared_data):
    folder = shared_data / "clickstream_puffy"
    if not folder.is_dir():
        pytest.skip(f"no web shop data at {folder}")
    return folder


@pytest.fixture(scope="module")
def facts(source):
    """The rows as pandas reads them, with their data decoded."""
    days = [pd.read_csv(path, dtype=str) for path in sorted(source.glob("*.csv"))]
    frame = pd.concat(days, ignore_index=True)
    decoded = frame.event_data.dropna().map(json.loads)
    return frame.assign(data=decoded.reindex(frame.index))


@pytest.fixture(scope="module")
def mapped(source, tmp_path_factory):
    """The report and the calls."""
    raw = tmp_path_factory.mktemp("web") / "raw"
    report = find("web_shop").map(source, raw)
    files = sorted(raw.glob("web/events/*.jsonl"))
    calls = [json.loads(line) for f in files for line in f.read_text().splitlines()]
    return report, calls


def named(calls, event):
    return [call for call in calls if call.get("event") == event]


def test_every_row_is_one_call(mapped, facts):
    report, calls = mapped
    assert report.rows_in == len(facts) == len(calls)
    assert report.set_aside == {}
    assert report.notes == ()
    kinds = facts.event_name.value_counts()
    for theirs, ours in NAMES.items():
        assert len(named(calls, ours)) == kinds[theirs]
    identified = [call for call in calls if call["type"] == "identify"]
    assert len(identified) == kinds["email_filled_on_popup"]


def test_visitors_are_the_distinct_clients(mapped, facts):
    ids = [call.get("anonymousId") for call in mapped[1]]
    assert set(ids) - {None} == set(facts.client_id.dropna())
    assert ids.count(None) == facts.client_id.isna().sum() > 0


def test_moments_are_those_of_the_rows(mapped, facts):
    ours = pd.Series(pd.to_datetime([call["timestamp"] for call in mapped[1]]))
    theirs = pd.Series(pd.to_datetime(facts.timestamp))
    assert (ours.sort_values().array == theirs.sort_values().array).all()


def test_product_views_are_views_of_product_pages(mapped, facts):
    views = facts[facts.event_name == "page_viewed"]
    paths = views.page_url.map(lambda url: urlsplit(url).path)
    handles = paths[paths.str.contains("/products/")].map(
        lambda path: path.split("/products/")[1].split("/")[0].split("&")[0].lower()
    )
    ours = pd.Series(
        [c["properties"]["product_id"] for c in named(mapped[1], "Product Viewed")]
    )
    assert ours.value_counts().to_dict() == handles.value_counts().to_dict()


def test_orders_keep_their_ids_buyers_and_revenue(mapped, facts):
    orders = facts[facts.event_name == "checkout_completed"]
    theirs = sorted(
        (data["transaction_id"], client, data["user_email"], float(data["revenue"]))
        for client, data in zip(orders.client_id, orders.data, strict=True)
    )
    ours = sorted(
        (
            call["properties"]["order_id"], call["anonymousId"],
            call["traits"]["email"], call["properties"]["revenue"],
        )
        for call in named(mapped[1], "Order Completed")
    )  # fmt: skip
    assert ours == theirs
    counted = mapped[0].facts
    free = sum(data["revenue"] == 0 for data in orders.data)
    assert counted["completed checkouts without revenue"] == free
    buyers = pd.DataFrame(theirs).groupby(0)[2].nunique()
    assert counted["order ids used by two buyers"] == (buyers > 1).sum() > 0


@pytest.fixture(scope="module")
def built(source, tmp_path_factory):
    """The days, as far as their orders."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("orders") / "data")
    find("web_shop").map(source, settings.raw_dir)
    dbt_build(settings, select=["+orders"])
    return settings


def test_bots_strangers_and_gifts_are_known(built, facts):
    with connect(built.build_path, read_only=True) as build:
        ((events, strangers, bots),) = build.execute(
            "select count(*), count(*) filter (where visitor_id is null),"
            " count(*) filter (where is_bot) from behavior.events"
        ).fetchall()
        gifts = build.execute(
            "select count(*) from behavior.orders where total_amount = 0"
        ).fetchall()
    assert (events, strangers) == (len(facts), facts.client_id.isna().sum())
    assert 0.10 < bots / events < 0.16
    assert gifts == [(2,)]


def test_orders_of_the_web_alone_make_buyers(built, facts):
    standing = (
        "select order_id, visitor_id from behavior.orders where void_since_at is null"
    )
    with connect(built.build_path, read_only=True) as build:
        ours = build.execute(standing).fetchall()
    orders = facts[facts.event_name == "checkout_completed"]
    ids = [data["transaction_id"] for data in orders.data]
    assert sorted(ours) == sorted({*zip(ids, "web:" + orders.client_id, strict=True)})


def test_sources_are_those_of_the_urls(mapped, facts):
    theirs = facts.page_url.map(
        lambda url: parse_qs(urlsplit(url).query).get("utm_source", [None])[0]
    )
    ours = pd.Series([c["context"]["campaign"].get("source") for c in mapped[1]])
    assert ours.value_counts().to_dict() == theirs.value_counts().to_dict()


@pytest.mark.parametrize("dropped", ["client_id", "referrer", "user_agent"])
def test_a_day_without_a_column_still_runs(source, tmp_path, dropped):
    (tmp_path / "in").mkdir()
    day = pd.read_csv(min(source.glob("*.csv")), dtype=str)
    day.drop(columns=dropped).to_csv(tmp_path / "in" / "day.csv", index=False)
    report = find("web_shop").map(tmp_path / "in", tmp_path / "raw")
    assert sum(report.rows_out.values()) == len(day)
    assert report.notes == (f"day.csv: no column `{dropped}`: left empty",)
