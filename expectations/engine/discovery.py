"""Finds the gates: each module of `expectations/` is one, and says so in `GATE`."""

from importlib import import_module
from pkgutil import iter_modules

from expectations.engine.gate import Gate
from warehouse.errors import TesseraError

STAGES = ("before_ml", "after_ml")


def discover() -> list[Gate]:
    """Every gate, by stage and then by name. Does not import Great Expectations.

    Raises:
        TesseraError: a file holds no gate, or two gates share a name.
    """
    package = import_module("expectations")
    names = [found.name for found in iter_modules(package.__path__) if not found.ispkg]
    gates = [_gate_of(name) for name in names]
    _refuse_shared_names(gates)
    return sorted(gates, key=lambda gate: (STAGES.index(gate.stage), gate.name))


def _gate_of(module_name: str) -> Gate:
    gate = getattr(import_module(f"expectations.{module_name}"), "GATE", None)
    if not isinstance(gate, Gate):
        raise TesseraError(
            "this file holds no gate",
            where=f"expectations/{module_name}.py",
            allowed="one `GATE = Gate(...)` a file",
            remedy="Define it, or move helpers to expectations/parts/",
        )
    return gate


def _refuse_shared_names(gates: list[Gate]) -> None:
    names = [gate.name for gate in gates]
    shared = sorted({name for name in names if names.count(name) > 1})
    if shared:
        raise TesseraError(
            "two gates share a name",
            where="expectations/",
            given=", ".join(shared),
            remedy="Give each its own; results and `--accept` go by it",
        )
