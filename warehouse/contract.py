"""What can land and what is read of it, as macros/raw_contract.sql declares it once.

The macros are rendered here without dbt, whose imports take seconds; in a dbt run the
same macros fill the table `declared_columns`, from which a contract is made as well.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml

from warehouse.errors import TesseraError
from warehouse.settings import PROJECT_DIR

MACRO = re.compile(r"\{% macro (\w+)\(.*?\{% endmacro %\}", re.DOTALL)
# What decides which models there are: dbt has to parse anew where one of them is given.
PARSED_VARIABLES = ("sources",)
Names = Mapping[str, Sequence[str]]


class Entity(NamedTuple):
    """The names that each declared column may have in a file, its own first, and the
    columns without which a row says nothing: of each key one column is enough. None
    where a line is read as a whole."""

    names: Names
    keys: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> list[str]:
        """The declared columns, in their order."""
        return list(self.names)


Place = tuple[str, str]
Contract = Mapping[Place, Entity]


def read_contract(
    variables: Mapping[str, object] | None = None, project_dir: Path = PROJECT_DIR
) -> Contract:
    """The entities of the sources that are read, under the vars of a run.

    Raises:
        TesseraError: a var names a pack, an entity or a column that there is not.
    """
    return _rendered("raw_contract", variables or {}, project_dir)


def whole_contract(
    variables: Mapping[str, object] | None = None, project_dir: Path = PROJECT_DIR
) -> Contract:
    """The entities of all sources, whether a pack is switched on for them or not."""
    return _rendered("all_sources", variables or {}, project_dir)


def packs(project_dir: Path = PROJECT_DIR) -> dict[str, list[str]]:
    """The packs that the var `sources` can name, and the sources that each reads."""
    given: dict[str, list[str]] = _macros(project_dir, "{}")("packs")
    return given


def vocabulary(project_dir: Path = PROJECT_DIR) -> dict[str, list[Place]]:
    """The entities that each table of the one vocabulary is told by."""
    told = _macros(project_dir, "{}")("vocabulary")
    return {
        table: [(place[0], place[-1]) for place in places]
        for table, places in told.items()
    }


def told_once() -> list[str]:
    """The tables of it in which an id that two sources tell stands once."""
    return list(_macros(PROJECT_DIR, "{}")("known_by"))


def attached_given(
    variables: Mapping[str, object] | None = None, project_dir: Path = PROJECT_DIR
) -> dict[str, object]:
    """What the var `attached` says of each entity (`source/entity`) that it names.

    Raises:
        TesseraError: it names an entity that there is not, or that is not read.
    """
    said = json.dumps(dict(variables or {}), default=str)
    return dict(_macros(project_dir, said)("attached_given"))


def person_columns(
    project_dir: Path = PROJECT_DIR,
) -> dict[Place, dict[str, list[str]]]:
    """Of each entity the columns that tell whose a row is, by what they hold."""
    told = _macros(project_dir, "{}")("person_columns")
    places = {name: (name.split("/")[0], name.split("/")[1]) for name in told}
    return {places[name]: columns for name, columns in told.items()}


def contract_of(
    rows: Iterable[tuple[str, str, str, list[list[str]]]],
) -> Contract:
    """A contract from rows of the table `declared_columns`."""
    return {
        (source, entity): Entity(json.loads(names), _keys(keys))
        for source, entity, names, keys in rows
    }


def _keys(told: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(key) for key in told)


def _rendered(
    macro: str, variables: Mapping[str, object], project_dir: Path
) -> Contract:
    call = _macros(project_dir, json.dumps(dict(variables), default=str))
    return {
        (source, entity): Entity(
            call("names_of", source, entity),
            _keys(call("keys_of", source, entity)),
        )
        for source, entities in call(macro).items()
        for entity in entities
    }


def _macros(project_dir: Path, variables: str) -> Callable[..., Any]:
    """Calls a macro by its name, under the project's vars and those of a run."""
    project = (project_dir / "dbt_project.yml").read_text(encoding="utf-8")
    source = (project_dir / "macros" / "raw_contract.sql").read_text(encoding="utf-8")
    return _compiled(project, source, variables)


class _Returned(Exception):
    """What a macro gives back, on its way to whoever called it."""

    def __init__(self, value: object) -> None:
        self.value = value


class _Exceptions:
    """What macros call `exceptions`."""

    @staticmethod
    def raise_compiler_error(message: str) -> NoReturn:
        """Refuse, in the words of the macro."""
        raise TesseraError(message.removesuffix("."))


@cache
def _compiled(project: str, source: str, variables: str) -> Callable[..., Any]:
    import jinja2

    values = {**yaml.safe_load(project)["vars"], **json.loads(variables)}

    def give_back(value: object) -> NoReturn:
        raise _Returned(value)

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        {
            "return": give_back,
            "var": values.get,
            "exceptions": _Exceptions,
            "fromyaml": yaml.safe_load,
        }
    )

    def bound(name: str, text: str) -> Callable[..., Any]:
        # Made ready at the first call: by then all others are known.
        module = cache(lambda: environment.from_string(text).module)

        def call(*arguments: object) -> Any:
            try:
                return getattr(module(), name)(*arguments)
            except _Returned as returned:
                return returned.value

        return call

    # One template a macro: so each calls the others as they are bound here.
    called = {m[1]: bound(m[1], m[0]) for m in MACRO.finditer(source)}
    environment.globals.update(called)
    return lambda name, *arguments: called[name](*arguments)
