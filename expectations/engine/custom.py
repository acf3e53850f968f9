"""Our two shapes as Great Expectations' expectations, one named class a rule."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.render.components import LegacyDiagnosticRendererType
from great_expectations.render.renderer.renderer import renderer

from expectations.engine.personal import shown_value
from expectations.engine.rules import NoOffenders, WithinBounds
from expectations.engine.words import shown

# Great Expectations keeps 200 rows of a query at most; the count is of all of them.
KEPT_OFFENDERS = 200
# So many measures stand on the page of Data Docs.
SHOWN = 12


class _WithoutShare:
    """Data Docs tells the share of what is unexpected; here the whole is not known."""

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(
        cls,
        configuration: Any = None,
        result: Any = None,
        runtime_configuration: Any = None,
    ) -> list[Any]:
        if "unexpected_count" in result.result:
            return []
        inherited: Any = super()
        told: list[Any] = inherited._diagnostic_unexpected_statement_renderer(
            configuration, result, runtime_configuration
        )
        return told


class ExpectNoOffenders(_WithoutShare, UnexpectedRowsExpectation):
    """No row breaks the rule: the total is counted, the first few are kept."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = metrics["unexpected_rows_query.table"]
        count = rows[0]["offender_count"] if rows else 0
        kept = [_phrase(row) for row in rows]
        is_told = bool(rows) and "told" in rows[0]
        return _outcome(f"{count:,} against it", count, kept, is_told=is_told)


class ExpectMeasuresWithinBounds(_WithoutShare, BatchExpectation):
    """Each measure that can be judged lies within its bounds."""

    query: str
    fetch_all: bool = True

    metric_dependencies: ClassVar[tuple[str, ...]] = ("query.table",)
    success_keys: ClassVar[tuple[str, ...]] = ("query", "fetch_all")
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = metrics["query.table"]
        breaches = [_phrase(row) for row in rows if is_breach(row)]
        unit = (self.meta or {})["unit"]
        seen = ", ".join(
            f"{row['item'] or ''} {shown(row['observed'], unit)}".strip()
            for row in rows[:SHOWN]
        )
        return _outcome(seen, len(breaches), breaches, measures=rows)


def is_breach(measure: Mapping[str, Any]) -> bool:
    """Whether a measure that can be judged is outside its bounds, or not a number."""
    if measure["reason"] is not None:
        return False
    observed = measure["observed"]
    if observed is None or math.isnan(observed):
        return True
    least, most = measure["minimum"], measure["maximum"]
    too_little = least is not None and observed < least
    return too_little or (most is not None and observed > most)


def offenders_query(rule: NoOffenders) -> str:
    """The rule's own SQL inside a count of all rows and a limit on those kept.

    `{batch}` stands in a common table expression that is never read, because Great
    Expectations asks for it; the rule names its tables itself and runs by hand too.
    """
    return (
        "with batch as (select * from {batch}),\n"
        f"offenders as (\n{_escaped(rule.offenders)}\n)\n"
        "select *, count(*) over () as offender_count\n"
        f"from offenders order by all limit {KEPT_OFFENDERS}"
    )


def measures_query(rule: WithinBounds) -> str:
    """The rule's own SQL, with its columns cast and in order; two may be missing."""
    return (
        "select item::varchar as item, observed::double as observed,\n"
        "minimum::double as minimum, maximum::double as maximum,\n"
        "reason::varchar as reason, told::varchar as told,\n"
        f"lenience::varchar as lenience\nfrom (\n{_escaped(rule.measures)}\n"
        "union all by name select null::varchar as told, null::varchar as lenience\n"
        "where false)\norder by all"
    )


@cache
def named(base: type[Any], expects: str) -> type[Any]:
    """A subclass of `base` named after what a rule expects."""
    words = "".join(c if c.isalnum() else " " for c in expects).split()
    name = "Expect" + "".join(word[0].upper() + word[1:] for word in words)
    make: Any = type(base)
    made: type[Any] = make(name, (base,), {"__module__": __name__, "__doc__": expects})
    return made


def _escaped(sql: str) -> str:
    return sql.strip().replace("{", "{{").replace("}", "}}")


def _phrase(row: Mapping[str, Any]) -> str:
    """A row as Data Docs and messages show it: told, or else column by column."""
    if row.get("told") is not None:
        excuse = f" (stops nothing: {row['lenience']})" if row.get("lenience") else ""
        return f"{shown_value('told', row['told'])}{excuse}"
    return ", ".join(
        f"{name} {shown_value(name, _plain(value))}"
        for name, value in row.items()
        if name not in ("offender_count", "told") and value is not None
    )


def _plain(value: Any) -> Any:
    """A moment to the second."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if hasattr(value, "hour") else value


def _outcome(
    seen: str, count: int, examples: list[str], **details: Any
) -> dict[str, Any]:
    """A result whose examples Data Docs shows as the sample of what is unexpected."""
    result = {
        "observed_value": seen,
        "unexpected_count": count,
        "partial_unexpected_list": examples,
        "details": details,
    }
    return {"success": count == 0, "result": result}
