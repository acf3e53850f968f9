"""Lines set aside as a text that a person mends, and the mended text read back.

Each line stands below its place (`#> path:line load n reason`); `#|` holds the header
of the CSV lines that follow. A line that looks like one of these gets a `#` more.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from warehouse.errors import TesseraError
from warehouse.quarantine import Aside

HEAD = """\
# Lines that Tessera set aside. Mend a line below its place, then
#     tessera quarantine replay THIS_FILE
# `#>` says where a line stood and why it was set aside, `#|` is the header of the CSV
# lines that follow. What is removed or left as it is stays aside. Personal data inside.
"""
PLACE = re.compile(r"#> (?P<path>.*):(?P<line>\d+) load (?P<load>\d+) (?P<reason>\w+)")
HEADER = "#| "
LINE_END = re.compile(r"\r\n|\r|\n")
LIKE_OURS = re.compile(r"^(#+[>|])", re.MULTILINE)
ONE_MORE = re.compile(r"^#(#+[>|])", re.MULTILINE)


class Mended(NamedTuple):
    """A line as a person left it; `header` is that of its CSV file, if it has one."""

    load_seq: int
    line_number: int
    text: str
    header: str | None


def header_line(columns: Iterable[str], delimiter: str = ",") -> str:
    """The names as the header of a CSV file, in one line."""
    text = io.StringIO()
    names = [" ".join(name.split()) for name in columns]
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(names)
    return text.getvalue()


def write_aside(out: Path, rows: Iterable[Aside], headers: Mapping[int, str]) -> int:
    """Write the rows for a person to mend; `headers` are those of CSV files, by load.

    The file is readable by its owner alone. Gives back the number of rows written.

    Raises:
        TesseraError: the file exists, or cannot be written.
    """
    text, count = [HEAD], 0
    load_seq = None
    for row in rows:
        if row.load_seq != load_seq and row.load_seq in headers:
            text.append(f"{HEADER}{headers[row.load_seq]}\n")
        load_seq = row.load_seq
        text.append(f"{_place(row)}\n{_quoted(row.text)}\n")
        count += 1
    try:
        out.touch(mode=0o600, exist_ok=False)
        out.write_text("".join(text), encoding="utf-8", newline="")
    except FileExistsError as error:
        raise TesseraError(
            "this file exists, and may hold somebody's mended lines",
            where=str(out),
            remedy="Name another file with --out",
        ) from error
    except OSError as error:
        raise TesseraError(
            "the lines cannot be written here", where=str(out), given=error.strerror
        ) from error
    return count


def read_mended(file: Path) -> list[Mended]:
    """The lines of a mended file; one without text is none.

    Raises:
        TesseraError: the file cannot be read, or is none that `--out` wrote.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TesseraError(
            "the mended lines cannot be read",
            where=str(file),
            given=getattr(error, "strerror", None) or "bytes that are no UTF-8",
            remedy="`tessera quarantine --out FILE` writes a file to mend, in UTF-8",
        ) from error
    mended = [one for one in _parsed(text) if one.text]
    if not mended:
        raise TesseraError(
            "there is no line with its place in this file",
            where=str(file),
            allowed="lines below their places, such as `#> web/events/a.jsonl:7 ...`",
            remedy="`tessera quarantine --out FILE` writes a file to mend",
        )
    _refuse_twice(file, mended)
    return mended


def lines_of(text: str) -> list[str]:
    """The lines of a record; editors of other systems end them otherwise."""
    return LINE_END.split(text.strip("\r\n"))


def _refuse_twice(file: Path, mended: list[Mended]) -> None:
    places = Counter((one.load_seq, one.line_number) for one in mended)
    [((load_seq, line_number), count)] = places.most_common(1)
    if count > 1:
        raise TesseraError(
            "a place stands in this file more than once",
            where=str(file),
            given=f"load {load_seq} line {line_number}, {count} times",
            remedy="Leave one record below each place",
        )


def _place(row: Aside) -> str:
    path = " ".join(row.path.splitlines())
    return f"#> {path}:{row.line_number} load {row.load_seq} {row.reason}"


def _quoted(text: str) -> str:
    return LIKE_OURS.sub(r"#\1", text)


def _parsed(text: str) -> Iterator[Mended]:
    """Each place with the lines below it; what stands before the first is ours."""
    header: str | None = None
    place: re.Match[str] | None = None
    below: list[str] = []
    for line in [*text.split("\n"), HEADER]:
        found = PLACE.fullmatch(line.rstrip("\r"))
        if found or line.startswith(HEADER):
            if place:
                yield _mended(place, below, header)
            place, below = found, []
            if not found:
                header = line.removeprefix(HEADER).rstrip("\r")
        else:
            below.append(line)


def _mended(place: re.Match[str], below: list[str], header: str | None) -> Mended:
    text = ONE_MORE.sub(r"\1", "\n".join(below).strip("\r\n"))
    return Mended(int(place["load"]), int(place["line"]), text, header)
