"""Frames at the door of every model: checked, in one order, typed even when empty."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ml.common.encoding import Floats, moments
from warehouse.errors import TesseraError, nearest

Schema: TypeAlias = Mapping[str, str]
KEY = ("as_of_at", "customer_id")


def canonical(
    frame: pd.DataFrame,
    columns: Iterable[str],
    where: str,
    unique: tuple[str, ...] = KEY,
) -> pd.DataFrame:
    """Return the key and the needed columns, ordered by moment and customer.

    `columns` are names of customer_features, `where` names the frame in errors. Any
    order of rows gives the same result; `frame` is left alone. Raises TesseraError for
    a missing column, and for rows that repeat the values of `unique`. A frame without
    rows may lack columns and comes back empty.
    """
    needed = list(dict.fromkeys([*KEY, *columns]))
    if frame.empty:
        return frame.reindex(columns=needed)
    _require(frame, needed, where)
    keyed = frame[needed].assign(
        customer_id=frame["customer_id"].astype("str"),
        as_of_at=moments(frame["as_of_at"]),
    )
    require_unique(keyed, unique, where)
    return _in_order(keyed)


def _in_order(keyed: pd.DataFrame) -> pd.DataFrame:
    """Sort by the key, unless the warehouse gave one moment's rows in their order."""
    one_moment = (keyed["as_of_at"] == keyed["as_of_at"].iloc[0]).all()
    if one_moment and is_ascending(keyed["customer_id"]):
        return keyed.reset_index(drop=True)
    return keyed.sort_values(list(KEY), ignore_index=True)


def _require(frame: pd.DataFrame, needed: list[str], where: str) -> None:
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        hint = nearest(missing[0], map(str, frame.columns)) or ""
        raise TesseraError(
            f"the frame lacks {', '.join(f'`{name}`' for name in missing)}",
            where=where,
            given=f"{len(frame.columns)} columns",
            allowed="the columns of customer_features",
            remedy=f"{hint} Pass the frame as features gives it.".strip(),
        )


def is_ascending(ids: "pd.Series[str]") -> bool:
    """Whether each id comes after the one before it: in order, and no two the same."""
    values: Any = ids.array
    return bool((values[:-1] < values[1:]).all())


def require_unique(keyed: pd.DataFrame, unique: tuple[str, ...], where: str) -> None:
    """Raise TesseraError where rows repeat the values of `unique`, ids among them."""
    # A million ids come in their order, and to look each one up is dear.
    if is_ascending(keyed["customer_id"]):
        return
    twice = keyed[keyed.duplicated(list(unique))]
    if len(twice):
        first = twice.iloc[0]
        raise TesseraError(
            f"{len(twice)} rows repeat the {' and '.join(unique)} of another row",
            where=where,
            given=f"customer `{first.customer_id}` at {first.as_of_at}",
            allowed=f"one row per {' and '.join(unique)}",
            remedy="Remove the duplicates upstream.",
        )


def typed(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return exactly the schema's columns, in its order and with its dtypes."""
    return frame[list(schema)].astype(dict(schema)).reset_index(drop=True)


def empty(schema: Schema) -> pd.DataFrame:
    """Return no rows with the schema's columns and dtypes."""
    return pd.DataFrame({name: _nothing(kind) for name, kind in schema.items()})


def _nothing(kind: str) -> "pd.Series[Any]":
    # A category without a word would be one of nothing, and no table holds that.
    is_words = kind == "category"
    return pd.Series([""], dtype=kind)[:0] if is_words else pd.Series(dtype=kind)


def fingerprint(keys: pd.DataFrame, *arrays: Floats) -> str:
    """Return a hash of the keys and the numbers beside them, in their given order."""
    digest = hashlib.sha256("\0".join(keys["customer_id"]).encode())
    digest.update(keys["as_of_at"].to_numpy("datetime64[us]").astype("int64").tobytes())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
