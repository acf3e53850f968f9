"""A secret of this data folder: random, for its owner's eyes, and made only once."""

import os
import secrets
from pathlib import Path

from warehouse.folders import make_folder, unwritable

LENGTH = 32


def standing_salt(path: Path) -> str | None:
    """The salt that stands there, as hexadecimal; None where none was ever made."""
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def own_salt(path: Path) -> str:
    """The salt of this file, made when it is first asked for.

    Raises:
        TesseraError: the data folder cannot be written.
    """
    return standing_salt(path) or _made(path)


def _made(path: Path) -> str:
    """As a whole or not at all."""
    salt = secrets.token_hex(LENGTH)
    fresh = path.with_name(f".{path.name}.new")
    try:
        make_folder(path.parent)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(salt)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    return salt
