"""What is expected of each kind of data, read from profiles.yml and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.errors import TesseraError, nearest

PROFILES_PATH = Path(__file__).resolve().parents[1] / "profiles.yml"
DEFAULT_PROFILE = "default"
LEADING_MODEL = "purchase_30d"


class Bounds(NamedTuple):
    """The least and the most that is allowed; None is open."""

    minimum: float | None
    maximum: float | None

    def sql(self) -> str:
        """Both as the two columns that `WithinBounds` reads."""
        least, most = (_literal(bound) for bound in self)
        return f"{least} as minimum, {most} as maximum"


@dataclass(frozen=True)
class Profile:
    """The expectations of one kind of data; profiles.yml says what each key means."""

    name: str
    expected_lines: Mapping[str, Bounds]
    quarantined_share: Bounds
    duplicate_share: Bounds
    freshness_days: Bounds
    source_freshness_days: Mapping[str, Bounds]
    bot_share: Bounds
    unknown_order_share: Bounds
    records_per_customer: Bounds
    largest_customer_share: Bounds
    negative_revenue_share: Bounds
    calibration_error: Bounds
    sibling_calibration_error: Bounds
    order_value_skill: Bounds
    backtest_error_ceiling: Bounds
    ranking_quality: Bounds
    high_probability_share: Bounds
    cluster_share: Bounds
    cluster_silhouette: Bounds
    cluster_silhouette_floor: Bounds
    catch_all_share: Bounds
    coverage_share: Bounds
    segment_shares: Mapping[str, Bounds]
    share_drift: Bounds
    mart_rows: Bounds
    comparable_days: Bounds

    def calibration(self, model: str) -> Bounds:
        """What is allowed of the ECE on the card of a model, by its registered name."""
        is_leading = model == LEADING_MODEL
        return self.calibration_error if is_leading else self.sibling_calibration_error


def bounds_table(bounds: Mapping[str, Bounds]) -> str:
    """The map as a SQL relation (item varchar, minimum double, maximum double)."""
    empty = "select null::varchar as item, null::double as minimum, null::double"
    rows = [f"select {quoted(item)}, {limits.sql()}" for item, limits in bounds.items()]
    return " union all ".join([f"{empty} as maximum where false", *rows])


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def load_profile(name: str, path: Path = PROFILES_PATH) -> Profile:
    """The profile of this name: the default's keys, overridden by its own.

    Raises:
        TesseraError: there is no such profile, it holds a key that no gate reads, or
            a bound is not a pair of numbers.
    """
    declared = _read(path)
    if name not in declared:
        raise TesseraError(
            "there is no such profile",
            where=path.name,
            given=f"`{name}`",
            allowed=sorted(declared),
            remedy=nearest(name, declared) or "Add it, or use `default`",
        )
    merged = {**declared[DEFAULT_PROFILE], **(declared[name] or {})}
    _refuse_unknown_keys(name, merged, path)
    parsed = {key: _parse(f"{name}.{key}", value) for key, value in merged.items()}
    return Profile(name=name, **parsed)


@cache
def _read(path: Path) -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _refuse_unknown_keys(name: str, merged: dict[str, Any], path: Path) -> None:
    known = {field.name for field in fields(Profile)} - {"name"}
    for key in sorted(merged.keys() ^ known):
        raise TesseraError(
            "a profile holds exactly the keys that gates read",
            where=f"{path.name}: {name}",
            given=f"`{key}`",
            allowed=sorted(known),
            remedy=nearest(key, known),
        )


def _parse(where: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {item: _parse(f"{where}.{item}", pair) for item, pair in value.items()}
    if isinstance(value, list) and len(value) == 2 and all(map(_is_bound, value)):
        return Bounds(*value)
    raise TesseraError(
        "a bound is a pair of numbers",
        where=f"profiles.yml: {where}",
        given=str(value),
        allowed="[least, most], null for an open end",
    )


def _is_bound(value: Any) -> bool:
    return value is None or (
        isinstance(value, int | float) and not isinstance(value, bool)
    )


def _literal(bound: float | None) -> str:
    return "null::double" if bound is None else f"{float(bound)!r}::double"
