"""The one road to Great Expectations: rules in, a raw outcome for each entry out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from expectations.engine.custom import (
    ExpectMeasuresWithinBounds,
    ExpectNoOffenders,
    measures_query,
    named,
    offenders_query,
)
from expectations.engine.dialect import reading
from expectations.engine.offline import make_readable
from expectations.engine.rules import NoOffenders, Rule, Standard, WithinBounds

if TYPE_CHECKING:
    import duckdb

# Examples in Data Docs: few, and only of columns that hold ids or numbers.
RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 20}
SITE = "gates"


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations says of one rule; `error` where it could not look."""

    success: bool
    result: dict[str, Any]
    error: str | None


SILENCE = Outcome(success=False, result={}, error="Great Expectations said nothing.")


def validate(
    rules: Sequence[Rule],
    connection: duckdb.DuckDBPyConnection,
    gate_name: str,
    docs_dir: Path,
) -> dict[str, Outcome]:
    """Judge the rules in one checkpoint and write its Data Docs to `docs_dir`."""
    if not rules:
        return {}
    with reading(connection) as url, warnings.catch_warnings():
        # Great Expectations warns of its own plans; nobody here can act on them.
        warnings.simplefilter("ignore")
        context = _context(docs_dir)
        source = context.data_sources.add_sql("build", connection_string=url)
        checkpoint = gx.Checkpoint(
            name=gate_name,
            validation_definitions=[
                _definition(context, source, gate_name, table, rules)
                for table in sorted({rule.table for rule in rules})
            ],
            result_format=RESULT_FORMAT,
        )
        run = context.checkpoints.add(checkpoint).run(
            run_id=RunIdentifier(run_name=gate_name)
        )
        write_docs(context, docs_dir)
    found = [one for part in run.run_results.values() for one in part.results]
    return {one.expectation_config.meta["entry"]: _outcome(one) for one in found}


def write_docs(context: Any, docs_dir: Path) -> None:
    """Write the pages of what was just judged."""
    context.build_data_docs(site_names=[SITE])
    make_readable(docs_dir)


def _context(docs_dir: Path) -> Any:
    """A context that lives as long as the gate: no files of its own, no bars."""
    # A `$` would be read as a variable of its configuration.
    folder = str(docs_dir).replace("$", r"\$")
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": folder,
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    return gx.get_context(
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            data_docs_sites={SITE: site},
            progress_bars=ProgressBarsConfig(globally=False),
        )
    )


def _definition(
    context: Any, source: Any, gate_name: str, table: str, rules: Sequence[Rule]
) -> Any:
    """The rules about one table, bound to it."""
    schema, name = table.split(".")
    asset = source.add_table_asset(table, table_name=name, schema_name=schema)
    suite = context.suites.add(gx.ExpectationSuite(f"{gate_name} {table}"))
    for rule in rules:
        if rule.table == table:
            suite.add_expectation(_expectation(rule))
    return context.validation_definitions.add(
        gx.ValidationDefinition(
            name=f"{gate_name} {table}",
            data=asset.add_batch_definition_whole_table("all rows"),
            suite=suite,
        )
    )


def _expectation(rule: Rule) -> Any:
    common: dict[str, Any] = {
        "description": rule.expects,
        "meta": {"entry": rule.entry},
        "severity": "critical" if rule.severity == "block" else "warning",
    }
    if isinstance(rule, NoOffenders):
        kind = named(ExpectNoOffenders, rule.expects)
        return kind(unexpected_rows_query=offenders_query(rule), **common)
    if isinstance(rule, WithinBounds):
        common["meta"]["unit"] = rule.unit
        return named(ExpectMeasuresWithinBounds, rule.expects)(
            query=measures_query(rule), **common
        )
    assert isinstance(rule, Standard)
    return getattr(gx.expectations, rule.expectation)(**rule.arguments, **common)


def _outcome(found: Any) -> Outcome:
    return Outcome(
        success=bool(found.success),
        result=dict(found.result),
        error=_first_error(found.exception_info or {}),
    )


def _first_error(info: dict[str, Any]) -> str | None:
    """The message of whatever was raised; one flat record, or one a metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    for record in records:
        if record.get("raised_exception"):
            return str(record.get("exception_message") or "it raised an exception")
    return None
