"""What a predicate would find, before it is a segment: size, funnel, overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.clauses import Clause, clauses
from warehouse.publications import Publication
from warehouse.segments.keys import Definition
from warehouse.segments.published import columns_of, opened, require_sound
from warehouse.segments.rendering import conditions_sql
from warehouse.segments.unmet import unmet

EXAMPLES = 10
REACH = """
    select
        count(*) filter (where is_email_reachable),
        count(*) filter (where is_sms_reachable)
    from customers where customer_id in ({members})
"""
OVERLAPS = """
    with found as (
        select segment_name, count(*) as shared
        from segment_memberships where customer_id in ({members})
        group by segment_name
    )
    select segment_name, shared,
        shared / ($members + summary.customer_count - shared) as jaccard
    from found inner join segment_summary as summary using (segment_name)
    order by jaccard desc, segment_name
"""


@dataclass(frozen=True)
class Rung:
    """A clause of the funnel: for whom it holds alone, and with those before it."""

    text: str
    alone: int
    together: int


@dataclass(frozen=True)
class Overlap:
    """How many of the members are in a segment, and of how many in either."""

    segment: str
    both: int
    jaccard: float


@dataclass(frozen=True)
class Preview:
    """What was found; `examples` are ids with the values of `columns`.

    `unmet` tells of what nobody has, texts and outputs of models, each a sentence.
    """

    customers: int
    members: int
    email_reach: int
    sms_reach: int
    funnel: Sequence[Rung]
    columns: Sequence[str]
    examples: Sequence[tuple[Any, ...]]
    overlaps: Sequence[Overlap]
    unmet: Sequence[str] = ()

    @property
    def share(self) -> float | None:
        """The members among all customers."""
        return self.members / self.customers if self.customers else None


def preview(
    publication: Publication, where: str, entries: Sequence[Definition]
) -> Preview:
    """Try a predicate on the customers of a publication; one scan judges them all.

    It may refer to segments of `entries`, which are judged as they stand there.

    Raises:
        TesseraError: the predicate has mistakes, or the publication is too old.
    """
    with opened(publication) as connection:
        require_sound(where, entries, columns_of(connection))
        parts = clauses(where)
        _judge(connection, parts, entries)
        customers, funnel = _funnel(connection, parts)
        members = funnel[-1].together
        ids = f"select customer_id from tried where {_all(len(parts))}"
        ((email, sms),) = connection.execute(REACH.format(members=ids)).fetchall()
        columns = _columns(parts)
        return Preview(
            customers=customers,
            members=members,
            email_reach=email,
            sms_reach=sms,
            funnel=funnel,
            columns=columns,
            examples=_examples(connection, ids, columns),
            overlaps=[
                Overlap(*row)
                for row in connection.execute(
                    OVERLAPS.format(members=ids), {"members": members}
                ).fetchall()
            ],
            unmet=list(unmet(connection, where, entries)),
        )


def _judge(
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[Clause],
    entries: Sequence[Definition],
) -> None:
    """Make the table `tried`: each customer, and which clauses hold."""
    conditions = {f"clause_{number}": part.text for number, part in enumerate(parts)}
    query = conditions_sql(conditions, entries, "customer_features")
    connection.execute(f"create temp table tried as {query}")


def _all(number: int) -> str:
    """That the first so many clauses hold."""
    return " and ".join(f"clause_{one}" for one in range(number))


def _funnel(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Clause]
) -> tuple[int, list[Rung]]:
    """All customers, and what each clause leaves of them."""
    counts = ["count(*)"]
    for number in range(len(parts)):
        counts.append(f"count(*) filter (where clause_{number})")
        counts.append(f"count(*) filter (where {_all(number + 1)})")
    ((customers, *found),) = connection.execute(
        f"select {', '.join(counts)} from tried"
    ).fetchall()
    alone, together = found[::2], found[1::2]
    return customers, [
        Rung(part.text, *reach)
        for part, *reach in zip(parts, alone, together, strict=True)
    ]


def _columns(parts: Sequence[Clause]) -> list[str]:
    """The columns that the clauses ask for, each once; the moment is everybody's."""
    asked = dict.fromkeys(column for part in parts for column in part.columns)
    return [one for one in asked if one not in ("customer_id", "as_of_at")]


def _examples(
    connection: duckdb.DuckDBPyConnection, ids: str, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    listed = "".join(f', "{column}"' for column in columns)
    return connection.execute(
        f"select customer_id{listed} from customer_features where customer_id in"
        f" ({ids} order by customer_id limit {EXAMPLES}) order by customer_id"
    ).fetchall()
