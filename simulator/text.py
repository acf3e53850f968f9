"""Text in bulk: Arrow arrays of strings, built without a loop over rows."""

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.calendar import DAY, SECOND, Ints

Text: TypeAlias = pa.StringArray


def join(*parts: Text | str) -> Text:
    """Return the parts, row by row, one after the other; a `str` stands in each row."""
    return pc.binary_join_element_wise(*parts, "")


def take(pool: Text | list[str], index: Ints) -> Text:
    """Return the pool's text at each index."""
    pool = pa.array(pool, pa.string()) if isinstance(pool, list) else pool
    return pool.take(pa.array(index))


def digits(numbers: Ints) -> Text:
    """Return whole numbers as text."""
    return pa.array(np.asarray(numbers, np.int64)).cast(pa.string())


def money(cents: Ints) -> Text:
    """Return hundredths as an amount with two decimals."""
    small = pc.utf8_lpad(digits(cents % 100), 2, "0")
    return join(digits(cents // 100), ".", small)


def hex_ids(rng: np.random.Generator, count: int, width: int = 16) -> Text:
    """Return random names of `width` bytes, in hexadecimal."""
    letters = rng.bytes(count * width).hex().encode()
    offsets = np.arange(count + 1, dtype=np.int32) * (2 * width)
    return Text.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters))


def iso(moments: Ints) -> Text:
    """Return moments like `2025-07-05T10:00:00.123Z`."""
    clock = pa.array((moments % DAY).astype(np.int32), pa.time32("ms"))
    return join(_dates(moments), "T", clock.cast(pa.string()), "Z")


def wall_clock(moments: Ints) -> Text:
    """Return moments like `2025-07-05 10:00:00`, without a zone."""
    seconds = (moments % DAY // SECOND).astype(np.int32)
    clock = pa.array(seconds, pa.time32("s")).cast(pa.string())
    return join(_dates(moments), " ", clock)


def dates(days: Ints) -> Text:
    """Return days since 1970 like `2025-07-05`."""
    return pa.array(days.astype(np.int32), pa.date32()).cast(pa.string())


def _dates(moments: Ints) -> Text:
    days, index = np.unique(moments // DAY, return_inverse=True)
    return take(dates(days), index)
