"""The secret with which the masked mart names customers: who lacks it can try nothing.

A customer may be named after the hash of an address, and who has a list of addresses
has their hashes. So the masked mart hashes the id once more, with a salt that stands in
the data folder beside the tables and in none of them.
"""

import os
import secrets
from pathlib import Path

from warehouse.settings import load_settings

NAME = "masking.salt"
LENGTH = 32


def masking_salt() -> str:
    """The salt of this data folder, made when it is first asked for.

    Where the file was lost, a new salt gives every customer of the masked mart another
    name, and nothing else changes.

    Raises:
        OSError: the data folder cannot be written.
    """
    path = load_settings().data_dir / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write(path)
    return path.read_text(encoding="ascii")


def _write(path: Path) -> None:
    """As a whole or not at all, for the owner's eyes alone."""
    unfinished = path.with_name(f"{NAME}.tmp")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(LENGTH))
    unfinished.replace(path)
