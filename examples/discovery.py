"""Finding the examples, so that a new folder is known by being there."""

import importlib
import pkgutil
from pathlib import Path

from examples.contract import Example
from warehouse.errors import TesseraError, nearest


def discover() -> dict[str, Example]:
    """Every example by its name, in order: the `EXAMPLE` of each `<folder>.mapping`.

    Raises:
        TesseraError: a folder has no mapping, or names its example otherwise.
    """
    folders = pkgutil.iter_modules([str(Path(__file__).parent)])
    names = sorted(folder.name for folder in folders if folder.ispkg)
    return {name: _load(name) for name in names}


def find(name: str) -> Example:
    """The example of this name.

    Raises:
        TesseraError: there is none; the message lists those there are.
    """
    known = discover()
    if name in known:
        return known[name]
    raise TesseraError(
        "there is no such example",
        given=name,
        allowed=known,
        remedy=nearest(name, known) or "Add a folder to examples/ to make one",
    )


def _load(name: str) -> Example:
    module = importlib.import_module(f"examples.{name}.mapping")
    example = getattr(module, "EXAMPLE", None)
    if isinstance(example, Example) and example.name == name:
        return example
    raise TesseraError(
        "the mapping declares no `EXAMPLE` of its folder's name",
        where=f"examples/{name}/mapping.py",
        given=repr(example),
        remedy=f'Write `EXAMPLE = Example(name="{name}", ...)` in it',
    )
