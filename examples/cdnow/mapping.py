"""Purchases of a CD shop as customers, orders and order lines."""

from pathlib import Path

import duckdb

from examples.columns import Column
from examples.contract import Example, MappingReport
from examples.loading import Loaded, load
from examples.outputs import write_csv, write_set_aside
from examples.queries import counts, read
from warehouse.connection import connect

NAME = "cdnow"
SQL = Path(__file__).parent / "sql"
COLUMNS = (
    Column("customer_id", ("id", "customer"), is_necessary=True),
    Column("date", ("order_date", "bought_on"), is_necessary=True),
    Column("n_cds", ("number_of_cds", "quantity"), is_necessary=True),
    Column("dollar_value", ("amount", "value"), is_necessary=True),
)
ENTITIES = ("customers", "orders", "order_lines")
PLACE = "shop/order_lines"
SET_ASIDE = f"""
    select place as reason, file, null::bigint as line, raw
    from judged where place != '{PLACE}'
    union all by name
    select reason, file, line, raw from unreadable
    order by file, reason, line, raw
"""


def map_input(source: Path, raw_dir: Path) -> MappingReport:
    """Map purchases (a CSV or Parquet file, or a folder of them) to shop exports.

    Money is in US dollars; a day is noon of that day in UTC.

    Raises:
        TesseraError: the input cannot be read, the output cannot be written, or a
            row is lost on the way.
    """
    with connect() as con:
        loaded = load(con, source, COLUMNS)
        con.execute(read(SQL, "judged"))
        return _write(con, loaded, raw_dir).checked()


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
    reasons = f"select reason, count(*) from ({SET_ASIDE}) group by all order by all"
    return MappingReport(
        example=NAME,
        rows_in=loaded.rows_in,
        rows_out={PLACE: _kept(con)},
        set_aside=counts(con, reasons),
        lines_written=written,
        facts=counts(con, f"select fact, row_count from ({read(SQL, 'facts')})"),
        notes=loaded.notes,
    )


def _kept(con: duckdb.DuckDBPyConnection) -> int:
    query = f"select count(*) from judged where place = '{PLACE}'"
    return int(con.execute(query).fetchall()[0][0])


EXAMPLE = Example(
    name=NAME,
    title="CDNOW: a CD shop's new customers, January 1997 to June 1998",
    map=map_input,
    dbt_vars={
        "reporting_currency": "USD",
        "shop_country": "US",
        "shop_zone": "UTC",
        "source_zones": {
            "web": "UTC",
            "esp": "UTC",
            "shop": "UTC",
            "crm": "UTC",
            "identity": "UTC",
        },
        # Past moments 30 days apart, back to the first weeks of the shop's records.
        "training_moments_days": list(range(30, 541, 30)),
    },
)
