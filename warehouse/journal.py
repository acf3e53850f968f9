"""Append-only files of JSON lines: the ledger and the record of replays.

A line counts once its newline is on disk. A crash leaves at most one torn line at the
end, which readers pass over and the next writer removes.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO


def claim(file: IO[bytes], path: Path) -> None:
    """Lock a file opened for appending, and remove a torn last line."""
    fcntl.flock(file, fcntl.LOCK_EX)
    content = path.read_bytes()
    file.truncate(content.rfind(b"\n") + 1)


def append(file: IO[bytes], values: Mapping[str, object]) -> None:
    """Append one line and see it on disk before anything relies on it."""
    file.write(json.dumps(values).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def complete_lines(content: bytes) -> list[str]:
    """The lines that were written to their end."""
    complete = content[: content.rfind(b"\n") + 1]
    return complete.decode(errors="replace").splitlines()
