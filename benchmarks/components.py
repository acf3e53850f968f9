"""What it costs to know of every record whom it belonged to, at any time.

A world of people with some records each, who share an address, an account, a phone or
a device, is written to Parquet in the shape of `identity.identity_edges`; a process of
its own reads it and tells the whole history. Once every link holds for good; once some
of the people have a link that was retracted, a second account, or are kept apart.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.apart import apart
from benchmarks.figures import Figure, tell
from warehouse.identity.telling import history

LINKS: Final = 10_000_000
SECONDS: Final = 10.0
MEGABYTES: Final = 2_000.0
# Of so many people one has something that was taken apart.
ONE_IN: Final = 100
DAY: Final = 86_400_000_000
YEAR: Final = 365 * DAY
LARGEST: Final = 500
# By kind of value: trust, whether it joins accounts, whether it names one.
EMAIL, ACCOUNT, PHONE, DEVICE = range(4)
TRUST: Final = np.array([2, 1, 3, 7], np.int8)
Ints = npt.NDArray[np.int64]


def main() -> None:
    """Measure both worlds of one size."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.components", description=__doc__
    )
    parser.add_argument("--links", type=int, default=LINKS)
    links = parser.parse_args().links
    for name, one_in in (("growing", 0), ("parted", ONE_IN)):
        with tempfile.TemporaryDirectory() as made:
            count = apart(write_world, Path(made), links, one_in).result
            took = apart(tell_history, Path(made))
        named = f"components.{name}.{links}"
        tell(
            Figure(f"{named}.links", count),
            Figure(f"{named}.intervals", took.result),
            Figure(f"{named}.cpu.seconds", took.cpu_seconds),
            Figure(f"{named}.seconds", took.seconds, at_most=SECONDS),
            Figure(f"{named}.peak.mb", took.peak_mb, at_most=MEGABYTES),
        )


def tell_history(folder: Path) -> int:
    """Read the world, tell its history, and count the intervals."""
    names = ("records", "edges", "bars")
    told = history({name: pq.read_table(folder / name) for name in names})
    return int(told.num_rows)


def write_world(folder: Path, links: int, one_in: int, seed: int = 7) -> int:
    """Write the three tables of a world; how many links it has."""
    rng = np.random.default_rng(seed)
    people = max(links // 9, 1)
    person = rng.permutation(np.repeat(np.arange(people), rng.integers(1, 7, people)))
    records = len(person)
    appears = np.sort(rng.integers(0, YEAR, records))
    record, kind = _held(rng, records, links)
    is_odd = person[record] % one_in == 0 if one_in else np.zeros(len(record), np.bool_)
    # An odd person has a second account, on some of the records.
    second = is_odd & (kind == ACCOUNT) & (rng.random(len(record)) < 0.5)
    value = (person[record] * 4 + kind) * 2 + second
    _, value = np.unique(value, return_inverse=True)
    since = appears[record] + rng.integers(0, 30 * DAY, len(record))
    order = np.lexsort((record, value, TRUST[kind], since))
    record, kind, value, since = (x[order] for x in (record, kind, value, since))
    ends = is_odd[order] & (rng.random(len(record)) < 0.2)
    edges = {
        "left_node": pa.array(record.astype(np.int32)),
        "right_node": pa.array((value + records).astype(np.int32)),
        "trust": pa.array(TRUST[kind]),
        "joins_accounts": pa.array((kind == EMAIL) | (kind == PHONE)),
        "names_account": pa.array(kind == ACCOUNT),
        "valid_from": _stamps(since),
        "valid_to": _stamps(since + 10 * DAY, ~ends),
    }
    bars = _bars(person, one_in)
    limit = np.full(records, LARGEST, np.int32)
    never = np.ones(records, np.bool_)
    tables: dict[str, dict[str, Any]] = {
        "records": {
            "appears_at": _stamps(appears),
            "goes_at": _stamps(appears, never),
            "record_limit": pa.array(limit),
        },
        "edges": edges,
        "bars": {
            "left_node": pa.array(bars[0].astype(np.int32)),
            "right_node": pa.array(bars[1].astype(np.int32)),
            "valid_from": _stamps(np.full(len(bars[0]), YEAR)),
            "valid_to": _stamps(
                np.full(len(bars[0]), YEAR), np.ones(len(bars[0]), np.bool_)
            ),
        },
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / name)
    return len(record)


def _held(rng: np.random.Generator, records: int, links: int) -> tuple[Ints, Ints]:
    """Which record holds a value of which kind, each once."""
    held = rng.permutation(records * 4)[:links]
    return held // 4, held % 4


def _bars(person: Ints, one_in: int) -> tuple[Ints, Ints]:
    """Of every odd person, the first record and the last are kept apart."""
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    ends = np.append(starts[1:], len(order)) - 1
    left, right = order[starts], order[ends]
    kept = left != right
    kept &= person[left] % one_in == 0 if one_in else False
    return left[kept], right[kept]


def _stamps(moments: Ints, none: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(moments, mask=none).view(pa.timestamp("us"))


if __name__ == "__main__":
    main()
