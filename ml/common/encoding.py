"""Numbers out of warehouse columns, so that NULL means one thing in every model."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Columns: TypeAlias = dict[str, Floats]
Series: TypeAlias = "pd.Series[object]"

# An age that never began counts as ten years: older than any shop's memory, so the
# order "long ago, longer ago, never" holds, and log1p keeps it within reach.
NEVER_DAYS = 3650.0
DAY = np.timedelta64(1, "D")


def numbers(column: Series) -> Floats:
    """Return any DuckDB column as float64; what is null or infinite becomes NaN.

    DECIMAL arrives as float64 or object, BIGINT with nulls as Int64, BOOLEAN with
    nulls as boolean. Nobody may write to it. Raises ValueError for text that is no
    number.
    """
    return filled(column, np.nan)


def filled(column: Series, value: float = 0.0) -> Floats:
    """Return the column as `numbers` does, but `value` for NaN."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb":
        # A million customers times sixty columns: the plain ones take the short way.
        values: Floats = np.asarray(column.to_numpy(), dtype="float64")
    else:
        parsed = pd.to_numeric(column)
        values = parsed.to_numpy(dtype="float64", na_value=np.nan)
    is_known = np.isfinite(values)
    return values if is_known.all() else np.where(is_known, values, value)


def moments(column: Series) -> npt.NDArray[np.datetime64]:
    """Return a timestamp column as UTC datetime64[us] without a zone, NaT for null."""
    utc = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    return utc.to_numpy(dtype="datetime64[us]")


def days_since(frame: pd.DataFrame, moment: str) -> Floats:
    """Return days (with fractions) from a moment to `as_of_at`; NaN means never."""
    elapsed = moments(frame["as_of_at"]) - moments(frame[moment])
    return np.asarray(elapsed / DAY, dtype="float64")


def age(name: str, days: Floats) -> Columns:
    """Encode an age as two columns: the days, and whether it never began.

    `days` may hold NaN for never: it becomes NEVER_DAYS, and the flag lets a linear
    model give "never" a level of its own.
    """
    never = np.isnan(days)
    known = np.clip(np.where(never, NEVER_DAYS, days), 0.0, NEVER_DAYS)
    return {name: known, f"{name}_is_never": never.astype("float64")}


def signed_log1p(values: Floats) -> Floats:
    """Return sign(x) * log(1 + |x|): log1p that also takes refunds below zero."""
    logs = np.log1p(np.abs(values), dtype="float64")
    return np.asarray(np.copysign(logs, values, out=logs))


def signed_expm1(values: Floats) -> Floats:
    """Undo `signed_log1p`: a logarithm that is stored so comes out as it was."""
    return np.asarray(np.sign(values) * np.expm1(np.abs(values)), dtype="float64")
