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
