"""Invoices of a wholesaler as customers, products, orders, order lines and refunds."""

from pathlib import Path

import duckdb

from examples.columns import Column
from examples.contract import Example, MappingReport
from examples.loading import Loaded, load
from examples.online_retail.countries import COUNTRY_CODES
from examples.outputs import write_csv, write_set_aside
from examples.queries import counts, read
from warehouse.connection import connect

NAME = "online_retail"
SQL = Path(__file__).parent / "sql"
COLUMNS = (
    Column("invoice_no", ("invoice", "invoice_number"), is_necessary=True),
    Column("stock_code", ("product_code", "sku"), is_necessary=True),
    Column("description", ("title", "product_name")),
    Column("quantity", ("qty",), is_necessary=True),
    Column("invoice_date", ("date", "invoiced_at"), is_necessary=True),
    Column("unit_price", ("price",), is_necessary=True),
    Column("customer_id", ("customer", "customer_no")),
    Column("country"),
)
ENTITIES = ("customers", "products", "orders", "order_lines", "refunds")
PLACES = "('shop/order_lines', 'shop/refunds')"
SET_ASIDE = """
    select place as reason, file, null::bigint as line, raw
    from judged where place not like 'shop/%'
    union all by name
    select reason, file, line, raw from unreadable
    order by file, reason, line, raw
"""


def map_input(source: Path, raw_dir: Path) -> MappingReport:
    """Map invoice lines (a CSV or Parquet file, or a folder of them) to shop exports.

    Money is in pounds; moments have no zone and mean London.

    Raises:
        TesseraError: the input cannot be read, the output cannot be written, or a
            row is lost on the way.
    """
    with connect() as con:
        loaded = load(con, source, COLUMNS)
        _judge(con)
        return _write(con, loaded, raw_dir).checked()


def _judge(con: duckdb.DuckDBPyConnection) -> None:
    """Type the rows, decide where each goes, and join credit notes to orders."""
    con.execute("create temp table countries (name varchar, code varchar)")
    con.executemany("insert into countries values (?, ?)", [*COUNTRY_CODES.items()])
    for step in ("typed", "judged", "links"):
        con.execute(read(SQL, step))


def _write(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, raw_dir: Path
) -> MappingReport:
    written = {
        f"shop/{entity}": write_csv(
            con, read(SQL, entity), raw_dir / "shop" / entity / f"{NAME}.csv"
        )
        for entity in ENTITIES
    }
    write_set_aside(con, SET_ASIDE, raw_dir, NAME)
    placed = "select place, count(*) from judged where place"
    return MappingReport(
        example=NAME,
        rows_in=loaded.rows_in,
        rows_out=counts(con, f"{placed} in {PLACES} group by all order by all"),
        set_aside=counts(
            con,
            f"select reason, count(*) from ({SET_ASIDE}) group by all order by all",
        ),
        lines_written=written,
        facts=counts(con, f"select fact, row_count from ({read(SQL, 'facts')})"),
        notes=loaded.notes,
    )


EXAMPLE = Example(
    name=NAME,
    title="Online Retail: a wholesaler's invoices, December 2010 to December 2011",
    map=map_input,
    dbt_vars={
        "reporting_currency": "GBP",
        "shop_zone": "Europe/London",
        "source_zones": {
            "web": "UTC",
            "esp": "UTC",
            "shop": "Europe/London",
            "crm": "Europe/London",
            "identity": "UTC",
        },
    },
)
