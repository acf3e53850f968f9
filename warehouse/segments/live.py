"""Segments with `live: true`: what following them through time takes, and forbids."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from warehouse.clauses import columns_asked
from warehouse.segments.keys import Definition
from warehouse.segments.references import needed, references, rivals
from warehouse.segments.timers import CLOCK, timers

# What a rule may ask of a model; models/predictions/model_outputs.sql says whose it is.
MODEL_OUTPUTS = frozenset(
    {
        "purchase_30d_probability",
        "score_decile",
        "purchase_7d_probability",
        "purchase_90d_probability",
        "churn_probability",
        "next_order_value_amount",
        "cluster_name",
    }
)
# What is known of the moment of a run alone.
RUN_ONLY = MODEL_OUTPUTS | {
    "is_identified",
    "first_seen_at",
    "tenure_days",
    "email_click_30d_share",
    "seasonality_strength",
    "peak_month",
}


def live_segments(entries: Sequence[Definition]) -> list[Definition]:
    """The entries that are followed through time."""
    return [one for one in entries if one.get("live", False) is True]


def live_mistakes(entry: Definition, entries: Sequence[Definition]) -> Iterator[str]:
    """Why a live entry cannot be followed, each the end of a sentence about it.

    Its predicate has no other mistakes.
    """
    if entry.get("live") is not True or entry.get("kind") != "rule":
        return
    where = str(entry["where"])
    for column in _columns(where):
        if column in RUN_ONLY:
            yield (
                f"is live and asks for `{column}`, which is known at the moments of"
                " runs alone; leave that out, or `live`."
            )
    for column in sorted(timers(where)[1]):
        compared = (
            f"`{CLOCK}` with a moment of the customer and a length of days or less:"
            f" `last_order_at > {CLOCK} - interval 14 day`"
            if column == CLOCK
            else f"an age with a whole number: `{column} >= 60`"
        )
        yield f"is live and asks for `{column}`; such a rule may compare {compared}."
    yield from _run_neighbours(entry, entries)


def _run_neighbours(entry: Definition, entries: Sequence[Definition]) -> Iterator[str]:
    live = {one.get("name") for one in live_segments(entries)}
    known = {one.get("name") for one in entries}
    for other in references(str(entry["where"])):
        if other in known - live:
            yield f"is live and refers to `{other}`, which is not: make both live."
    for other in _rivals(entry, entries):
        if other not in live:
            yield (
                f"is live and yields to `{other}` in the group"
                f" `{entry['exclusive_group']}`, which is not live: make both live."
            )


def _rivals(entry: Definition, entries: Sequence[Definition]) -> list[str]:
    """Whom the entry yields to; a priority that is none is told elsewhere."""
    sound = [one for one in entries if type(one.get("priority")) is int]
    return rivals(entry, sound) if entry in sound else []


def followed_json(definitions_json: str) -> str:
    """`followed` for dbt, which hands over the entries as JSON, and takes it so."""
    return json.dumps(followed(json.loads(definitions_json)))


def followed(entries: Sequence[Definition]) -> dict[str, Any]:
    """What the models of the exact ledger are rendered from.

    `names` of the live segments; `columns` that their rules ask for; `timers` that may
    flip a rule; and by name whom each segment `hangs_on`, itself included.
    """
    live = live_segments(entries)
    wheres = {str(one["name"]): str(one["where"]) for one in live}
    asked = {column for where in wheres.values() for column in _columns(where)}
    found = {timer for where in wheres.values() for timer in timers(where)[0]}
    return {
        "names": list(wheres),
        "columns": sorted(asked),
        "timers": [{**one._asdict(), "label": one.label} for one in sorted(found)],
        "hangs_on": {name: _hangs_on(name, live) for name in wheres},
    }


def _hangs_on(name: str, live: Sequence[Definition]) -> list[str]:
    return [str(one["name"]) for one in needed([f"in_segment('{name}')"], live)]


def _columns(where: str) -> list[str]:
    return [one for one in columns_asked(where) if one not in ("customer_id", CLOCK)]
