"""A shop of a test: lands loads of lines, builds the models, reads whole tables."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.behavior.exports import export_texts
from tests.behavior.lines import Line
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

JUDGED = ("sessions", "cart_states", "email_habits", "daily_states")
# What is kept is compared with a full refresh, whoever judges it besides. (Said in two
# selectors: dbt walks through the whole project for each.)
KEPT = ("config.materialized:incremental", "models/**/*.py")
MODELS = [f"+{model}" for model in (*JUDGED, *KEPT)]
Row = dict[str, Any]


def land(settings: Settings, lines: Iterable[Line], load: int) -> None:
    """Put the lines and exports of one load into the raw folder, as sealed files."""
    files: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.load == load:
            files[line.path].append(line.text + "\n")
    contents = {path: "".join(texts) for path, texts in files.items()}
    for path, content in [*contents.items(), *export_texts(load)]:
        file = settings.raw_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def build(
    settings: Settings,
    select: Sequence[str] = MODELS,
    *,
    full_refresh: bool = False,
    variables: Mapping[str, object] | None = None,
) -> None:
    """Build these models and all that they need, without dbt's own tests."""
    dbt_build(
        settings,
        select=[*select, "resource_type:seed"],
        full_refresh=full_refresh,
        variables=variables,
        excluded=["test", "unit_test"],
    )


def rebuilt(
    settings: Settings, variables: Mapping[str, object] | None = None
) -> Settings:
    """The same ledger, built afresh in a folder of its own."""
    beside = replace(settings, build_name="rebuilt")
    build(beside, full_refresh=True, variables=variables)
    return beside


def table(settings: Settings, name: str) -> list[Row]:
    """Every row of `schema.table`, in no order."""
    with connect(settings.build_path, read_only=True) as connection:
        result = connection.execute(f"from {name}")
        columns = [str(column[0]) for column in result.description or []]
        rows = result.fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def frozen(value: Any) -> Any:
    """A value that can be counted: lists and structs as tuples, ids as text."""
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(part)) for key, part in value.items()))
    if isinstance(value, list | tuple):
        return tuple(frozen(part) for part in value)
    return str(value) if isinstance(value, uuid.UUID) else value


def counted(rows: Iterable[Row], columns: Sequence[str]) -> Counter[Any]:
    """How often each row stands, in these columns."""
    return Counter(
        tuple((column, frozen(row[column])) for column in columns) for row in rows
    )


def relations(settings: Settings, schemas: Sequence[str]) -> list[str]:
    """Every table and view of these schemas, as `schema.name`."""
    with connect(settings.build_path, read_only=True) as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where list_contains(?, table_schema)",
            [list(schemas)],
        ).fetchall()
    return sorted(str(row[0]) for row in rows)
