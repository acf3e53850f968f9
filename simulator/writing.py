"""Files of the raw contract: written under another name, and sealed when complete."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from simulator.text import Text


def write_lines(path: Path, lines: Text, broken: Mapping[int, bytes]) -> int:
    """Write rows that end in a newline; `broken` replaces some of them.

    Returns the number of lines.
    """
    starts = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset :]
    letters = memoryview(lines.buffers()[2])
    with sealed(path) as file:
        done = 0
        for row in sorted(broken):
            file.write(letters[starts[done] : starts[row]])
            file.write(broken[row] + b"\n")
            done = row + 1
        file.write(letters[starts[done] : starts[len(lines)]])
    return len(lines)


def write_csv(path: Path, table: pa.Table) -> int:
    """Write a table with a header and return the number of rows."""
    with sealed(path) as file:
        csv.write_csv(table, file, csv.WriteOptions(quoting_style="needed"))
    return int(table.num_rows)


@contextmanager
def sealed(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that gets its name when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(path.name + ".open")
    with growing.open("wb") as file:
        yield file
    growing.replace(path)
