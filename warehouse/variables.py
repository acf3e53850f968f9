"""Reads and changes the vars of dbt_project.yml; what else it says stays as it is."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from warehouse.errors import TesseraError
from warehouse.folders import unwritable
from warehouse.settings import PROJECT_DIR

PROJECT_FILE = "dbt_project.yml"
# The same in C where it was compiled: ten times as quick.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The way to a value below `vars`.
Way = tuple[str, ...]
PLAIN = re.compile(r"[A-Za-z][\w/+-]*")


class Change(NamedTuple):
    """A var, its words in the file, and those that take their place."""

    name: str
    former: str
    wanted: str


def variables(project_dir: Path = PROJECT_DIR) -> dict[str, object]:
    """The vars as the project's file gives them."""
    found = yaml.load(_text(project_dir / PROJECT_FILE), Loader=LOADER)
    return dict(found["vars"])


def whole_number(values: Mapping[str, object], name: str) -> int:
    """The value of a var that counts something.

    Raises:
        TesseraError: it is no whole number, or less than one.
    """
    value = values[name]
    if type(value) is not int or value < 1:
        raise TesseraError(
            "this var says how many",
            where=f"{PROJECT_FILE}: {name}",
            given=str(value),
            allowed="a whole number, 1 or more",
        )
    return value


def positive_number(values: Mapping[str, object], name: str) -> float:
    """The value of a var that measures something.

    Raises:
        TesseraError: it is no number above zero.
    """
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TesseraError(
            "this var says how much",
            where=f"{PROJECT_FILE}: {name}",
            given=str(value),
            allowed="a number above 0",
        )
    return float(value)


def change_variables(
    project_dir: Path, wanted: Mapping[Way, str | list[str]]
) -> list[Change]:
    """Give vars other values, each named by its way below `vars`; tell what changed.

    A value that says the same already keeps its words.

    Raises:
        TesseraError: the file has no such var, or a comment stands amid its value;
            nothing is changed then.
    """
    file = project_dir / PROJECT_FILE
    text = _text(file)
    edits = []
    for way, value in wanted.items():
        node = _node(text, way)
        if not _says(node, value):
            start, end = node.start_mark.index, _end(node)
            edits.append((start, end, _change(way, text[start:end], value)))
    changed = text
    for start, end, change in sorted(edits, reverse=True):
        changed = changed[:start] + change.wanted + changed[end:]
    if edits:
        _write(file, changed)
    return [change for _, _, change in edits]


def _node(text: str, way: Way) -> yaml.Node:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in ("vars", *way):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = [value for key, value in pairs if key.value == step]
        if len(found) != 1:
            raise TesseraError(
                f"the var `{'.'.join(way)}` is not there, and its place is not guessed",
                where=PROJECT_FILE,
                remedy=f"Write `{way[0]}:` below `vars:`, as docs/sources shows it",
            )
        [node] = found
    assert node is not None
    return node


def _says(node: yaml.Node, value: str | list[str]) -> bool:
    if isinstance(node, yaml.SequenceNode):
        return isinstance(value, list) and [one.value for one in node.value] == value
    return bool(node.value == value)


def _end(node: yaml.Node) -> int:
    """Where the value ends; a block of lines claims the blanks after it, too."""
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    return int(_end(node.value[-1]) if is_block else node.end_mark.index)


def _change(way: Way, former: str, value: str | list[str]) -> Change:
    name = ".".join(way)
    if "#" in former:
        raise TesseraError(
            f"a comment stands amid the value of the var `{name}`, and would be lost",
            where=PROJECT_FILE,
            remedy="Move the comment above the var, and ask again",
        )
    words = [value] if isinstance(value, str) else value
    spelled = [word if PLAIN.fullmatch(word) else f'"{word}"' for word in words]
    wanted = spelled[0] if isinstance(value, str) else f"[{', '.join(spelled)}]"
    return Change(name, former, wanted)


def _text(file: Path) -> str:
    # Line ends stay those that the file has.
    return file.read_bytes().decode("utf-8")


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    beside = file.with_name(f"{file.name}.unfinished")
    try:
        beside.write_bytes(text.encode("utf-8"))
        beside.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error
