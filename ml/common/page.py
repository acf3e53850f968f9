"""A model's card as one page for people: nothing to load, and no network needed."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

TEMPLATE = "card.html"
# What stands in a section of its own; whatever else a card holds is listed after it.
PLACED = (
    *("metrics", "intervals", "baselines", "ece_by_chance", "moments", "calibration"),
    *(
        "quality_floor",
        "is_above_floor",
        "state",
        "reason",
        "cannot_tell",
        "importances",
    ),
)
# For programs: what drift is measured against, and what later clusters must know.
UNTOLD = ("reference", "history", "names")
# Of tables whose columns the register keeps by name: the order in which people read.
FIRST = (
    *("as_of_at", "role", "score_decile", "customer_count", "row_count"),
    *("predicted_share", "low_share", "high_share", "actual_share", "lift"),
)
STRONGEST = 15
# What is true of every model here, unless its card says more.
CANNOT_TELL = (
    "Whether a message, a discount or a call would change anything: it foretells what "
    "happens, not what would make it happen.",
    "What one customer will do: it is right for many customers together.",
    "What a season is like that none of its moments saw. Intervals tell of other "
    "customers in the same month; another month may differ by more.",
)


def card_page(
    name: str,
    version: str,
    card: Mapping[str, Any],
    *,
    plots: Mapping[str, bytes],
    decision: Mapping[str, Any] | None = None,
    drift: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the HTML of a model's card; `plots` are PNGs by name.

    `decision` is what the register says of its promotion, `drift` rows of `ml.drift`.
    Whatever the values hold is escaped. A card without a section leaves that out.
    """
    leans = sorted(card.get("importances", {}).items(), key=lambda one: -one[1])
    others = _others(card)
    return _template().render(
        name=name,
        version=version,
        card={**card, "importances": dict(leans[:STRONGEST])},
        images={title: base64.b64encode(png).decode() for title, png in plots.items()},
        decision=decision or {},
        drift=drift[:STRONGEST],
        cannot_tell=card.get("cannot_tell", CANNOT_TELL),
        others={name: one for name, one in others.items() if not _are_rows(one)},
        # A table within a table is as wide as it likes, and cut on paper.
        tables={name: one for name, one in others.items() if _are_rows(one)},
    )


def _others(card: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in card.items()
        if key not in (*PLACED, *UNTOLD) and value not in (None, "", {}, [])
    }


def shown(value: Any) -> str:
    """Return a value as a person reads it: three figures, and no moment's zeros."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return " to ".join(shown(one) for one in value)
    return _moment(str(value))


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if "T" in text else text
    except ValueError:
        return text


@cache
def _template() -> jinja2.Template:
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    known = jinja2.Environment(
        loader=folder,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    known.filters["shown"] = shown
    known.filters["in_order"] = _in_order
    known.filters["words"] = lambda name: str(name).replace("_", " ")
    known.tests["rows"] = _are_rows
    return known.get_template(TEMPLATE)


def _in_order(names: Sequence[str]) -> list[str]:
    first = [name for name in FIRST if name in names]
    return first + [name for name in names if name not in first]


def _are_rows(value: Any) -> bool:
    """Whether a value is a table: a list of records."""
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
