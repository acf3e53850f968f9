"""Makes the folders of the data, or says whose permission is missing."""

from pathlib import Path

from warehouse.errors import TesseraError


def make_folder(path: Path) -> Path:
    """The folder, made where it was missing.

    Raises:
        TesseraError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def unwritable(path: Path, error: OSError) -> TesseraError:
    """The refusal of a data folder that is not ours to write."""
    return TesseraError(
        "the data folder cannot be written",
        where=str(path),
        given=error.strerror,
        remedy="Make it writable, or name another one in TESSERA_DATA",
    )


def readable_lines(path: Path) -> list[str]:
    """The lines of a text that a person wrote.

    Raises:
        TesseraError: it cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise TesseraError(
            "this file cannot be read",
            where=str(path),
            given=getattr(error, "strerror", None) or "bytes that are no UTF-8",
        ) from error
