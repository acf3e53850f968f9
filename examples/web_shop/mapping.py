"""A shop's raw web events, a CSV a day, as a stream in the Segment spec."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from examples.columns import Column, plain
from examples.contract import Example, MappingReport
from examples.loading import Loaded, load
from examples.outputs import write_lines, write_set_aside
from examples.queries import counts, read
from warehouse.connection import connect

NAME = "web_shop"
SQL = Path(__file__).parent / "sql"
COLUMNS = (
    Column("client_id", ("visitor_id", "anonymous_id", "device_id", "user_pseudo_id")),
    Column("page_url", ("url", "page_location", "page", "href")),
    Column("referrer", ("referer", "page_referrer", "referrer_url", "http_referer")),
    Column(
        "timestamp",
        ("ts", "event_timestamp", "event_time", "time", "datetime", "occurred_at"),
        is_necessary=True,
    ),
    Column("event_name", ("event", "event_type", "name"), is_necessary=True),
    Column("event_data", ("data", "properties", "payload", "event_properties")),
    Column("user_agent", ("ua", "agent", "browser_user_agent")),
)
KINDS = {
    "page_viewed": ("page_view",),
    "product_added_to_cart": ("add_to_cart", "added_to_cart", "product_added"),
    "checkout_started": ("begin_checkout",),
    "email_filled_on_popup": ("email_filled", "email_submitted"),
    "checkout_completed": ("purchase", "order_completed"),
}
SET_ASIDE = """
    select reason, file, null::bigint as line, raw
    from parsed where reason is not null
    union all by name
    select reason, file, line, raw from unreadable
    order by file, reason, line, raw
"""


def map_input(source: Path, raw_dir: Path) -> MappingReport:
    """Map web events (a CSV or Parquet file, or a folder of them), one raw file each.

    Columns and events may go by the other names of `COLUMNS` and `KINDS`.

    Raises:
        TesseraError: the input cannot be read, a file has no timestamp or event name,
            the output cannot be written, or a row is lost on the way.
    """
    with connect() as con:
        loaded = load(con, source, COLUMNS)
        _parse(con, loaded)
        return _write(con, loaded, raw_dir).checked()


def _parse(con: duckdb.DuckDBPyConnection, loaded: Loaded) -> None:
    """Type the rows, judge them, and take the usable ones apart."""
    con.execute("create temp table kinds (spelling varchar, kind varchar)")
    con.execute("create temp table outputs (file varchar, output varchar)")
    con.executemany("insert into kinds values (?, ?)", [*_spellings().items()])
    outputs = [(label, _output(label)) for label in loaded.labels]
    con.executemany("insert into outputs values (?, ?)", outputs)
    for step in ("macros", "parsed", "facets"):
        con.execute(read(SQL, step))


def _write(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, raw_dir: Path
) -> MappingReport:
    written = {
        f"web/events/{output}": write_lines(
            _calls(con, output), raw_dir / "web" / "events" / output
        )
        for output in dict.fromkeys(_output(label) for label in loaded.labels)
    }
    write_set_aside(con, SET_ASIDE, raw_dir, NAME)
    placed = "select 'web/events/' || output, count(*) from facets"
    return MappingReport(
        example=NAME,
        rows_in=loaded.rows_in,
        rows_out=counts(con, f"{placed} group by all order by all"),
        set_aside=counts(
            con,
            f"select reason, count(*) from ({SET_ASIDE}) group by all order by all",
        ),
        lines_written=written,
        facts=counts(con, f"select fact, row_count from ({read(SQL, 'facts')})"),
        notes=loaded.notes,
    )


def _calls(con: duckdb.DuckDBPyConnection, output: str) -> Iterator[str]:
    result = con.execute(read(SQL, "events"), {"output": output})
    while rows := result.fetchmany(10_000):
        yield from (str(call) for (call,) in rows)


def _spellings() -> dict[str, str]:
    """The kind of event that each plain spelling means."""
    return {plain(w): kind for kind, ws in KINDS.items() for w in (kind, *ws)}


def _output(label: str) -> str:
    """The raw file of an input file; folders become part of its name."""
    stem = re.sub(r"\.[a-z]+$", "", label)
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem) + ".jsonl"


EXAMPLE = Example(
    name=NAME,
    title="Web shop: days of a mattress shop's raw web events, February 2025",
    map=map_input,
    dbt_vars={
        "reporting_currency": "USD",
        "shop_zone": "UTC",
        "source_zones": {
            "web": "UTC",
            "esp": "UTC",
            "shop": "UTC",
            "crm": "UTC",
            "identity": "UTC",
        },
    },
)
