"""The main job on both real inputs, from the foreign files to the publication."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from examples import find
from orchestration.execution import Options, execute
from warehouse.connection import connect
from warehouse.publications import current
from warehouse.settings import PROJECT_DIR, Settings

FOLDERS = {
    "online_retail": "transactions_online_retail",
    "web_shop": "clickstream_puffy",
}
Published = Callable[..., Settings]
# Of the retailer's customers each fourth, with all guests, says what all would, sooner.
PART, WHOLE = 4, 1
soak = pytest.mark.soak


def retail_lines(shared_data: Path, every: int) -> pd.DataFrame:
    """The retailer's lines of guests, and of so large a part of its customers."""
    source = shared_data / FOLDERS["online_retail"]
    if not source.is_dir():
        pytest.skip(f"no data for online_retail at {source}")
    lines = pd.read_parquet(source / "transactions.parquet")
    number = lines["CustomerID"]
    return lines[number.isna() | (number.astype("float64") % every == 0)]


@pytest.fixture(scope="module")
def published(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Map an example's input and run the job on it, once."""

    @cache
    def run(name: str, every: int = WHOLE) -> Settings:
        source, folder = shared_data / FOLDERS[name], tmp_path_factory.mktemp(name)
        if not source.is_dir():
            pytest.skip(f"no data for {name} at {source}")
        if every != WHOLE:
            source = folder / "part"
            source.mkdir()
            lines = retail_lines(shared_data, every)
            lines.to_parquet(source / "transactions.parquet", index=False)
        example, settings = find(name), Settings(PROJECT_DIR, folder / "data")
        example.map(source, settings.raw_dir)
        variables = dict(example.dbt_vars)
        assert execute(settings, Options(profile=name, variables=variables)).succeeded
        return settings

    return run


def only(settings: Settings, query: str, *, built: bool = False) -> Any:
    """The only cell of a query on what was published (or, asked for, built)."""
    path = settings.build_path if built else current_database(settings)
    with connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()[0][0]


def current_database(settings: Settings) -> Path:
    """The database of the publication that readers get."""
    publication = current(settings)
    assert publication is not None
    return settings.published_link / "tessera.duckdb"


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("online_retail", PART),
        pytest.param("online_retail", WHOLE, marks=soak),
        pytest.param("web_shop", WHOLE, marks=soak),
    ],
)
def test_every_line_has_its_place(published: Published, name: str, every: int) -> None:
    settings = published(name, every)
    assert only(settings, "select bool_and(is_reconciled) from data_quality")
    assert only(settings, "select count(*) from customers") > 4_000 / every
    failed = "select count(*) from ops.gate_results where state = 'failed'"
    assert only(settings, failed, built=True) == 0


@pytest.mark.parametrize("every", [PART, pytest.param(WHOLE, marks=soak)])
def test_the_retailers_customers_orders_and_revenue(
    published: Published, shared_data: Path, every: int
) -> None:
    known = retail_lines(shared_data, every)["CustomerID"].dropna().nunique()
    settings = published("online_retail", every)
    assert only(settings, "select count(*) from customers") == known
    # Guest orders are kept, and belong to nobody.
    guests = "select count(*) from behavior.orders where record_id is null"
    assert only(settings, guests, built=True) == 1_423
    trained = "select state from ml.models where model_name = 'purchase_30d'"
    assert only(settings, trained, built=True) == "champion"


@soak
def test_the_web_shops_bots_strangers_and_shared_order(published: Published) -> None:
    settings = published("web_shop")
    events = only(settings, "select count(*) from behavior.events", built=True)
    assert events == 14_486
    strangers = "select count(*) from behavior.events where visitor_id is null"
    assert only(settings, strangers, built=True) == 157
    bots = "select count(*) from behavior.events where is_bot"
    assert 0.10 < only(settings, bots, built=True) / events < 0.16
    shared = """
        select count(*) from (
            select order_id from behavior.orders group by order_id having count(*) > 1
        )
    """
    assert only(settings, shared, built=True) == 1
    free = "select count(*) from behavior.orders where total_amount = 0"
    assert only(settings, free, built=True) == 2
    # Four days teach no propensity: a state with its reason, and an empty segment.
    state = "select state from segment_summary where segment_name = 'high_value'"
    assert only(settings, state) == "not applicable"
