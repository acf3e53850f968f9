"""The moments at which time alone may flip a rule: so long after what happened.

A rule that can be followed through time compares the clock with one moment, or an age
with a number; then it flips at that moment and that much later, and nowhere between.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import duckdb

from warehouse.clauses import parsed
from warehouse.connection import connect

CLOCK = "as_of_at"
AGE = "days_since_"
DAY = 86_400_000_000
IS_NULL = ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL")
ANY_QUERY = "select json_serialize_sql('select 1')"
# No customer is older, and what is longer is no length that DuckDB can add.
LONGEST = 100 * 366 * DAY
UNITS = (("day", DAY), ("hour", 3_600_000_000), ("minute", 60_000_000))

Node = Mapping[str, Any]


class Timer(NamedTuple):
    """It rings so many microseconds after the moment in the column.

    `asked` is the column that the predicate compares: that one, or its age.
    """

    column: str
    microseconds: int
    asked: str

    @property
    def label(self) -> str:
        """In words: `14 days after last_cart_add_at`."""
        whole = self.microseconds - self.microseconds % 1_000_000
        return f"{span(whole)} after {self.column}"


def span(microseconds: int) -> str:
    """A length of time in the greatest unit that has no fraction: `48 hours`."""
    for unit, length in UNITS:
        count, rest = divmod(microseconds, length)
        if not rest and (unit != "day" or count > 2):
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{microseconds / 1_000_000:g} seconds"


def timers(where: str) -> tuple[set[Timer], set[str]]:
    """The timers of a predicate, and the columns that it asks for as no timer can tell.

    Raises:
        ValueError: it is no predicate; `warehouse.predicates` tells why.
    """
    found: set[Timer] = set()
    strange: set[str] = set()
    for one in _timed(parsed(where)):
        if isinstance(one, Timer):
            found.add(one)
        else:
            strange.add(one)
    return found, strange


def _timed(node: Any) -> Iterator[Timer | str]:
    if isinstance(node, list):
        for part in node:
            yield from _timed(part)
        return
    if not isinstance(node, dict) or _asks_whether_known(node):
        return
    name = _column(node)
    if name is not None and (name == CLOCK or name.startswith(AGE)):
        yield name
        return
    known = [_between(*pair) for pair in _compared(node)]
    if known and all(one is not None for one in known):
        for one in known:
            yield from one or ()
        return
    for part in node.values():
        yield from _timed(part)


def _asks_whether_known(node: Node) -> bool:
    """Whether a column is null: that changes by what happens, and not by time."""
    return node.get("type") in IS_NULL and all(map(_column, node["children"]))


def _compared(node: Node) -> list[tuple[Node, Node]]:
    """The pairs of sides that a comparison compares."""
    if node.get("class") == "COMPARISON":
        return [(node["left"], node["right"])]
    if node.get("class") == "BETWEEN":
        return [(node["input"], node["lower"]), (node["input"], node["upper"])]
    return []


def _between(left: Node, right: Node) -> list[Timer] | None:
    """The timers of a comparison of two sides; none where time moves neither."""
    for one, other in ((left, right), (right, left)):
        age, days = _column(one), _whole(other)
        if age and age.startswith(AGE) and days is not None and days * DAY < LONGEST:
            column = f"{age.removeprefix(AGE)}_at"
            return [Timer(column, (days + more) * DAY, age) for more in (0, 1)]
        now, then = _shifted(one), _shifted(other)
        if now and then and now[0] == CLOCK and _is_moment(then[0]):
            # Whichever side includes the moment itself.
            length = then[1] - now[1]
            return [Timer(then[0], length + more, then[0]) for more in (0, 1)]
    return None


def _is_moment(column: str) -> bool:
    return column.endswith("_at") and column != CLOCK


def _column(node: Node) -> str | None:
    if node.get("class") != "COLUMN_REF":
        return None
    return str(node["column_names"][-1]).lower()


def _whole(node: Node) -> int | None:
    literal = node.get("literal") or {}
    return int(literal["text"]) if literal.get("kind") == "INTEGER" else None


def _shifted(node: Node) -> tuple[str, int] | None:
    """A column plus or minus a constant length of time, in microseconds."""
    name = _column(node)
    if name is not None:
        return name, 0
    if node.get("function_name") not in ("+", "-"):
        return None
    given = [one["expression"] for one in node["arguments"]]
    name = _column(given[0]) if len(given) == 2 else None
    length = _length(given[1]) if name is not None else None
    if name is None or length is None:
        return None
    return name, length if node["function_name"] == "+" else -length


def _length(node: Node) -> int | None:
    """A constant interval in microseconds; a month has no length of its own."""
    with connect() as parser:
        tree = json.loads(parser.execute(ANY_QUERY).fetchall()[0][0])
        tree["statements"][0]["node"]["select_list"] = [node]
        try:
            [(text,)] = parser.execute(
                "select json_deserialize_sql(?)", [json.dumps(tree)]
            ).fetchall()
            [(months, length)] = parser.execute(
                "select datepart('month', one) + 12 * datepart('year', one),"
                f" epoch_us(one) from ({text}) as told (one)"
                " where typeof(one) = 'INTERVAL'"
            ).fetchall()
        except (duckdb.Error, ValueError):
            return None
    return int(length) if not months and abs(length) < LONGEST else None
