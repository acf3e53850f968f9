"""`tessera explain`: one published customer, and where each word comes from."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from typer import Argument

from tessera.output import ExampleName, console
from tessera.published import published
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import Publication, current
from warehouse.settings import Settings, settings_for

Row = tuple[Any, ...]

# A number in any spelling: what follows the code of any country and any zero.
DIGITS = "right(ltrim(regexp_replace({}, '[^0-9]', '', 'g'), '0'), 9)"
# Every name by which a person may be asked for, and whose it is.
NAMES = f"""
    select customer_id, customer_id as given from customers
    union select customer_id, alias_id from identity_aliases
    union select customer_id, record_id from identity_map
    union select customer_id, substr(record_id, 6) from identity_map
    where starts_with(record_id, 'shop:') and not starts_with(record_id, 'shop:email:')
    union select customer_id, lower(email) from customers where email is not null
    union select customer_id, $1 from customers
    where regexp_full_match($1, '[-+0-9 ()/.]{{8,}}')
        and length({DIGITS.format("$1")}) >= 7
        and {DIGITS.format("phone")} = {DIGITS.format("$1")}
"""
PERSON = """
    select customer_id, lifecycle_stage, record_count, first_received_at
    from customers where customer_id = $1
"""
# Since when each record belongs to the customer, and what brought it there.
RECORDS = """
    select records.record_id, records.source, history.valid_from, history.rule
    from identity_map as records
    left join identity_history as history
        on records.record_id = history.record_id and history.valid_to is null
    where records.customer_id = $1
    order by history.valid_from nulls first, records.record_id
"""
ALIASES = """
    select alias_id, absorbed_at, rule
    from identity_aliases where customer_id = $1
    order by absorbed_at, alias_id
"""
# What was taken apart: records that left this customer, or came from another one.
PARTED = """
    with moves as (
        select
            record_id, valid_from, reason, rule, customer_id,
            lag(customer_id) over (partition by record_id order by valid_from)
                as former_id
        from identity_history
    )
    select
        record_id,
        case former_id when $1 then 'left for' else 'came from' end,
        case former_id when $1 then customer_id else former_id end,
        valid_from, rule
    from moves
    where reason = 'split' and $1 in (customer_id, former_id)
    order by valid_from, record_id
"""
REFUSED = """
    select cuts.record_id, cuts.rule, cuts.reason, cuts.refused_since_at
    from identity_cuts as cuts
    inner join identity_map as records using (record_id)
    where records.customer_id = $1
    order by cuts.refused_since_at, cuts.record_id, cuts.rule
"""
PROFILE = """
    select
        attribute_name, attribute_value, record_id, rule, agreeing_record_count,
        [one.masked_value || ' of ' || one.source || ', by ' || one.lost_by
            for one in losers if one.masked_value is not null]
    from profile_lineage where customer_id = $1
    order by group_name, attribute_name
"""
CONSENTS = """
    select channel, is_allowed, rule, told_by, stated_at
    from consents where customer_id = $1
    order by channel
"""
SEGMENTS = """
    select segment_name, is_primary, reason
    from segment_memberships where customer_id = $1
    order by is_primary desc, segment_name
"""
# What to show first; the rest says the same with less weight.
ADVICE = """
    select rank, product_name, category, reason
    from product_recommendations where customer_id = $1 and rank <= 5
    order by rank
"""
# By the model's own words what weighs most, strongest first.
PROPENSITY = """
    select purchase_30d_probability, score_decile, reason_1, reason_2, reason_3
    from propensity_scores where customer_id = $1
"""
# Of several sources, with something to choose between, and short enough to be read.
WORTH_A_LOOK = """
    select lineage.customer_id
    from profile_lineage as lineage
    inner join identity_map as records on lineage.customer_id = records.customer_id
    group by lineage.customer_id
    having count(distinct records.record_id) between 2 and 6
    order by
        count(distinct records.source) desc,
        count(distinct lineage.attribute_name)
            filter (where lineage.losing_claim_count > 0) desc,
        lineage.customer_id
    limit 1
"""


def explain(
    customer: Annotated[
        str,
        Argument(
            help="The id of a customer, also an absorbed one, of a record or of an"
            " account, an address or a phone."
        ),
    ],
    example: ExampleName = "",
) -> None:
    """Tell of one customer: records, values, consent, segments, recommendations."""
    publication = published(settings_for(example))
    _say(told(publication, whose(publication, customer)))


def whose(publication: Publication, given: str) -> str:
    """The id of the customer that a name stands for.

    Raises:
        TesseraError: the name stands for nobody, or for more than one.
    """
    found = [
        str(row[0])
        for row in _rows(
            publication,
            f"select distinct customer_id from ({NAMES}) where given in ($1, lower($1))"
            " order by all",
            given.strip(),
        )
    ]
    if len(found) == 1:
        return found[0]
    # The name may be an address, which no message repeats.
    raise TesseraError(
        f"{len(found)} customers have this name" if found else "nobody has this name",
        where=f"publication {publication.id}",
        given=", ".join(found),
        allowed="the id of a customer, an absorbed id, the id of a record or of an"
        " account, the address or the phone of a profile",
        remedy="Take the id of one customer",
    )


def tell_somebody(settings: Settings) -> None:
    """Tell of one customer who was merged from several sources, if anybody was."""
    publication = current(settings)
    if publication is None:
        return
    for (customer_id,) in _rows(publication, WORTH_A_LOOK):
        _say(told(publication, str(customer_id)))
        console.print(
            "\n[dim]Of anybody else: tessera explain CUSTOMER; why in which segment or"
            " not: tessera segments explain CUSTOMER[/]"
        )


def told(publication: Publication, customer_id: str) -> Iterator[RenderableType]:
    """What the tables say of one customer, for the terminal."""
    ((_, stage, records, since),) = _rows(publication, PERSON, customer_id)
    yield f"\n[bold]One customer[/]  {escape(customer_id)}"
    yield (f"{records} records since {since:%Y-%m-%d}, {str(stage).replace('_', ' ')}.")
    yield _table(
        "Records",
        ("Record", "Source", "Theirs since", "Linked by"),
        _rows(publication, RECORDS, customer_id),
    )
    yield _table(
        "Former names",
        ("Id", "Absorbed", "By"),
        _rows(publication, ALIASES, customer_id),
    )
    yield _table(
        "Taken apart",
        ("Record", "What", "Customer", "On", "Link"),
        _rows(publication, PARTED, customer_id),
    )
    yield _table(
        "Links that are not followed",
        ("Record", "Link", "Because of", "Since"),
        _rows(publication, REFUSED, customer_id),
    )
    yield _table(
        "Which value survived",
        ("Attribute", "Value", "Of record", "Ahead by", "Agree", "Lost"),
        _rows(publication, PROFILE, customer_id),
    )
    yield _table(
        "May be written to",
        ("Channel", "Allowed", "Rule", "Told by", "On"),
        _rows(publication, CONSENTS, customer_id),
    )
    yield _table(
        "Segments",
        ("Segment", "Primary", "Reason"),
        _rows(publication, SEGMENTS, customer_id),
    )
    yield _table(
        "Will order within 30 days",
        ("Probability", "Decile", "First reason", "Second", "Third"),
        _newer(publication, "propensity_scores", PROPENSITY, customer_id),
    )
    yield _table(
        "Recommended",
        ("Rank", "Product", "Category", "Why"),
        _newer(publication, "product_recommendations", ADVICE, customer_id),
    )


def _rows(publication: Publication, query: str, *values: str) -> list[Row]:
    with connect(publication.database, read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def _newer(publication: Publication, table: str, query: str, *values: str) -> list[Row]:
    """Rows of a table that publications of former versions lack."""
    known = _rows(
        publication,
        "select 1 from information_schema.tables where table_name = $1",
        table,
    )
    return _rows(publication, query, *values) if known else []


def _say(parts: Iterable[RenderableType]) -> None:
    """Print the parts; what does not fit goes on below, and nothing is cut off."""
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))


def _table(title: str, headings: tuple[str, ...], rows: list[Row]) -> RenderableType:
    """Rows under headings; a sentence where there are none.

    Where nobody looks, a line has one value: a program reads it, and no width is known.
    """
    if not rows:
        return f"\n[bold]{title}[/]: none"
    if not console.is_terminal:
        return "\n".join([f"\n{title}", *_lines(headings, rows)])
    table = Table(title=f"\n{title}", title_justify="left", box=None)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    return table


def _lines(headings: tuple[str, ...], rows: list[Row]) -> Iterator[str]:
    """A line a value, after its heading; each row begins with a dash."""
    for row in rows:
        begin = "- "
        for heading, value in zip(headings, row, strict=True):
            for text in _cell(value).splitlines() or ["-"]:
                yield f"{begin}{heading}: {escape(text)}"
                begin = "  "


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value) or "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    # Words of the models are read aloud; ids are not.
    words = re.fullmatch(r"[a-z]{2,}(_[a-z]+)+", str(value))
    return str(value).replace("_", " ") if words else str(value)
