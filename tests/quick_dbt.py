"""dbt's work on itself, done once where nothing that it depends on has changed.

On a small shop that is most of a build: each macro is made callable for each model,
the graph is drawn, templates are compiled, messages filled that nobody reads. What
stands here gives the same answers and leaves out nothing of the project's own; what a
test starts as a command runs on dbt as it comes, as does everything under
`TESSERA_TESTS_PLAIN_DBT=1`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from types import CodeType
from typing import Any

import pytest
from dbt.adapters.base import BaseAdapter, BaseRelation
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Compiler
from dbt.context import exceptions_jinja, providers
from dbt.context.base import BaseContext
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.contracts.graph.nodes import Macro
from dbt.graph.graph import Graph
from dbt.graph.selector import ResourceTypeSelector
from dbt.graph.selector_spec import SelectionCriteria, SelectionSpec
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import (
    MacroFuzzEnvironment,
    MacroFuzzTemplate,
    NativeSandboxTemplate,
)
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from jinja2 import Environment

from expectations.engine import run

QUICK = pytest.MonkeyPatch()
CONTEXT = (
    "great_expectations.data_context.data_context.abstract_data_context"
    ".AbstractDataContext"
)


def make_quick() -> None:
    """Put these in the place of dbt's own, until `QUICK.undo()`."""
    QUICK.undo()
    for part in (texts, macros, names, refusals, arguments, templates, messages):
        part(QUICK)
    for part in (schemas, pages, stores, lookups, parsers, graphs):
        part(QUICK)


def texts(patch: pytest.MonkeyPatch) -> None:
    """What dbt keeps for its own tests: the same text parses to the same tree."""
    patch.setattr("dbt_common.tests._TEST_CACHING_ENABLED", True)


class AtHand(dict[str, Any]):
    """What a template may name; a macro becomes callable when it is asked for."""

    builder: MacroNamespaceBuilder
    context: "AtHand"

    def bound(self, builder: MacroNamespaceBuilder, context: "AtHand") -> "AtHand":
        """The same, of this model."""
        self.builder, self.context = builder, context
        return self

    def __getitem__(self, name: str) -> Any:
        told = super().__getitem__(name)
        if isinstance(told, Macro):
            model, stack = self.builder.node, self.builder.thread_ctx
            told = self[name] = MacroGenerator(told, self.context, model, stack)
        return told

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        # Of a dict with an iterator of its own, Python copies what `self[name]` says.
        return super().__iter__()

    def items(self) -> Any:
        return [(name, self[name]) for name in self]


def macros(patch: pytest.MonkeyPatch) -> None:
    """700 macros, which each model has of its own, are made when they are called."""

    def begin(context: BaseContext, *rest: Any, **named: Any) -> None:
        fill(context, *rest, **named)
        context._ctx = AtHand()

    def namespace(builder: MacroNamespaceBuilder, told: Any, context: Any) -> Any:
        context.bound(builder, context)
        inner = builder.internal_package_names
        packages = {
            name: AtHand(named).bound(builder, context)
            for name, named in told.items()
            if name not in inner
        }
        local, root = builder.search_package, builder.root_package
        dbts_own = AtHand().bound(builder, context)
        for name in reversed(builder.internal_package_names_order):
            dbts_own.update(told.get(name, {}))
        return MacroNamespace(
            global_namespace=packages.get(root, {}) if root != local else {},
            local_namespace=packages.get(local, {}),
            global_project_namespace=dbts_own,
            packages=packages,
        )

    def to_dict(context: ManifestContext) -> Any:
        if not isinstance(context.namespace, MacroNamespace):
            return whole(context)
        told = ConfiguredContext.to_dict(context)
        # Where a name stands twice, the place that is looked into first wins.
        for place in reversed(list(context.namespace._search_order())):
            told.update(dict.items(place))
        return told

    fill: Callable[..., None] = BaseContext.__init__
    whole = ManifestContext.to_dict
    patch.setattr(BaseContext, "__init__", begin)
    patch.setattr(MacroNamespaceBuilder, "build_namespace", namespace)
    patch.setattr(ManifestContext, "to_dict", to_dict)


def names(patch: pytest.MonkeyPatch) -> None:
    """What a test of dbt is given looks its names up, as a model does, and copies none.

    The copy made all macros callable, for each test.
    """
    patch.setattr(NativeSandboxTemplate, "new_context", MacroFuzzTemplate.new_context)


class Refusals(dict[str, Any]):
    """The functions of `exceptions`, each made for its model when it is asked for."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def __missing__(self, name: str) -> Any:
        wrapped: Any = exceptions_jinja.wrapper
        self[name] = wrapped(self.model)(exceptions_jinja.CONTEXT_EXPORTS[name])
        return self[name]


def refusals(patch: pytest.MonkeyPatch) -> None:
    """A model that refuses nothing needs none of two dozen refusals."""
    patch.setattr(providers, "wrapped_exports", Refusals)


def arguments(patch: pytest.MonkeyPatch) -> None:
    """A step has the same arguments for each of its models."""
    last: list[Any] = [None, {}]
    told: Callable[[Any], dict[str, Any]] = providers.args_to_dict

    def told_once(args: Any) -> dict[str, Any]:
        if last[0] is not args:
            last[:] = args, told(args)
        return dict(last[1])

    patch.setattr(providers, "args_to_dict", told_once)


def templates(patch: pytest.MonkeyPatch) -> None:
    """The same text compiles to the same code."""
    known: dict[tuple[type, str], CodeType] = {}
    compiled = MacroFuzzEnvironment.compile

    def compile_once(self: Any, source: Any, *rest: Any, **named: Any) -> Any:
        if rest or named or not isinstance(source, str):
            return compiled(self, source, *rest, **named)
        key = type(self), source
        if key not in known:
            known[key] = compiled(self, source)
        return known[key]

    patch.setattr(MacroFuzzEnvironment, "compile", compile_once)


def schemas(patch: pytest.MonkeyPatch) -> None:
    """What a schema let pass once, it lets pass: a model is the same in each parse."""
    passed: set[tuple[type, str]] = set()
    judge: Callable[..., None] = dbtClassMixin.validate.__func__

    def judge_once(kind: type, told: Any) -> None:
        key = kind, repr(told)
        if key not in passed:
            judge(kind, told)
            passed.add(key)

    patch.setattr(dbtClassMixin, "validate", classmethod(judge_once))


def pages(patch: pytest.MonkeyPatch) -> None:
    """The templates of Data Docs, compiled anew for each gate, stay the same too."""
    known: dict[str, CodeType] = {}
    compiled = Environment.compile

    def compile_once(
        self: Any, source: Any, name: Any = None, filename: Any = None, **named: Any
    ) -> Any:
        if "great_expectations" not in (filename or ""):
            return compiled(self, source, name, filename, **named)
        if filename not in known:
            known[filename] = compiled(self, source, name, filename, **named)
        return known[filename]

    patch.setattr(Environment, "compile", compile_once)


def messages(patch: pytest.MonkeyPatch) -> None:
    """A line of debugging becomes a message when somebody reads it."""
    fill: Callable[..., None] = BaseEvent.__init__

    def begin(self: Any, *rest: Any, **told: Any) -> None:
        if rest or self.level_tag() != EventLevel.DEBUG:
            fill(self, *rest, **told)
        else:
            self.__dict__["told"] = told

    def look_up(self: Any, name: str) -> Any:
        if name != "pb_msg":
            return getattr(self.pb_msg, name)
        fill(self, **self.__dict__.pop("told"))
        return self.__dict__["pb_msg"]

    patch.setattr(BaseEvent, "__init__", begin)
    patch.setattr(BaseEvent, "__getattr__", look_up)


def stores(patch: pytest.MonkeyPatch) -> None:
    """The configuration of a gate's context, which lives in memory, is not written.

    What it is part of takes seconds to import: it waits for the first gate.
    """
    judge = run._judge_rules

    def judge_first(*given: Any) -> Any:
        patch.setattr(f"{CONTEXT}._save_project_config", lambda _: None)
        patch.setattr(run, "_judge_rules", judge)
        return judge(*given)

    patch.setattr(run, "_judge_rules", judge_first)


def lookups(patch: pytest.MonkeyPatch) -> None:
    """A table that stands is found by its name, and not among all others."""
    whole = BaseAdapter.get_relation

    def get_relation(
        self: Any, database: str, schema: str, identifier: str
    ) -> BaseRelation | None:
        if not self._schema_is_cached(database, schema):
            found: BaseRelation | None = whole(self, database, schema, identifier)
            return found
        name = (database.lower(), schema.lower(), identifier.lower())
        kept = self.cache.relations.get(name)
        # Another spelling of the name is an error.
        told = self._make_match_kwargs(database, schema, identifier)
        return kept.inner if kept and kept.inner.matches(**told) else None

    patch.setattr(BaseAdapter, "get_relation", get_relation)


def parsers(patch: pytest.MonkeyPatch) -> None:
    """Each answer of the database brings parsers of dates, all with the same words."""
    dates: Any = import_module("parsedatetime")
    helper: Any = agate_helper
    nothing = helper.empty_table()
    patch.setattr(dates, "Constants", cache(dates.Constants))
    patch.setattr(helper, "empty_table", lambda: nothing)


def graphs(patch: pytest.MonkeyPatch) -> None:
    """One manifest has one graph, and the same words select the same nodes of it."""
    # The manifest is kept too: nothing else may get its number.
    drawn: dict[tuple[int, bool], tuple[Any, Graph]] = {}
    selected: dict[tuple[int, str], tuple[Graph, frozenset[str]]] = {}
    parts: dict[tuple[int, frozenset[str]], tuple[Graph, Graph]] = {}
    draw, select = Compiler.compile, ResourceTypeSelector.get_selected
    cut = Graph.get_subset_graph

    def draw_once(
        self: Any, manifest: Any, write: bool = True, add_test_edges: bool = False
    ) -> Graph:
        key = id(manifest), add_test_edges
        if key not in drawn:
            drawn[key] = manifest, draw(self, manifest, write, add_test_edges)
        self.initialize()
        return drawn[key][1]

    def select_once(self: Any, spec: Any, warn_on_no_nodes: bool = True) -> set[str]:
        types = sorted(self.resource_types)
        asked = f"{types} {self.include_empty_nodes} {warn_on_no_nodes} {words(spec)}"
        key = id(self.full_graph), asked
        if key not in selected:
            found = select(self, spec, warn_on_no_nodes)
            selected[key] = self.full_graph, frozenset(found)
        return set(selected[key][1])

    def cut_once(self: Graph, nodes: Iterable[str]) -> Graph:
        key = id(self), frozenset(nodes)
        if key not in parts:
            parts[key] = self, cut(self, key[1])
        # A queue takes its graph apart.
        return Graph(parts[key][1].graph.copy())

    patch.setattr(Graph, "get_subset_graph", cut_once)
    patch.setattr(Compiler, "compile", draw_once)
    patch.setattr(ResourceTypeSelector, "get_selected", select_once)


def words(spec: SelectionSpec) -> str:
    """What a selection asks for, in full: equal words select the same."""
    if isinstance(spec, SelectionCriteria):
        return repr(spec)
    kind, asked = type(spec).__name__, ", ".join(words(part) for part in spec)
    return f"{kind}({spec.indirect_selection} {spec.expect_exists} {asked})"
