"""`python -m examples NAME INPUT RAW`: the mapping alone, with its account."""

import argparse
import sys
from pathlib import Path

from examples import discover, find
from warehouse.errors import TesseraError


def main(arguments: list[str] | None = None) -> int:
    """Map the input into a raw folder and tell the account; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m examples", description=__doc__)
    parser.add_argument("name", help=f"one of: {', '.join(discover())}")
    parser.add_argument("input", type=Path, help="a file, or a folder of files")
    parser.add_argument("raw", type=Path, help="where to write <source>/<entity>/*")
    given = parser.parse_args(arguments)
    try:
        report = find(given.name).map(given.input, given.raw)
    except TesseraError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
