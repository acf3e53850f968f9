"""The marts against those of the last publication: what its readers would miss."""

from collections.abc import Iterable

from expectations.engine.former import Former
from expectations.engine.gate import Severity
from expectations.engine.profiles import Bounds, quoted
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop
from expectations.engine.words import number

# These only grow, but for erasures and merges. The others' rows come and go with what
# is found, or with the life of the build database.
LASTING = (
    "carts",
    "customer_features",
    "customer_segments",
    "customers",
    "customers_masked",
    "data_quality",
    "email_engagement",
    "identity_history",
    "identity_map",
    "lifecycle_history",
    "segment_history",
    "segment_memberships",
    "segment_summary",
    "sessions",
)
COMES_AND_GOES = "the rows of such a mart come and go"
# A mart of fewer rows changes by more than a share of them.
JUDGED_FROM_ROWS = 100
# Any that stands in every build: these rules are about all marts.
ABOUT = "marts.customers"


def changes(shop: Shop) -> list[Rule]:
    """What a reader of the last publication would meet in this one."""
    former, bounds = shop.former, shop.profile.mart_rows
    return [
        former_read(former),
        not_behind(former),
        columns_kept(former),
        marts_filled(shop),
        _rows(
            shop,
            "rows_kept",
            "No mart lost many of its rows",
            Bounds(bounds.minimum, None),
            "block",
        ),
        _rows(
            shop,
            "rows_grown",
            "No mart grew by many times its rows",
            Bounds(None, bounds.maximum),
            "warn",
        ),
    ]


def former_read(former: Former) -> Rule:
    """Nothing is compared with a broken one, and the next run heals it."""
    return NoOffenders(
        entry="former_read",
        expects="The last publication can be read, to compare this one with it",
        table=ABOUT,
        offenders="select 'It is broken, or its folder is gone' as told"
        f" where {former.is_broken}",
        noun="publication",
        severity="warn",
        unless=None if former.is_broken else former.unless(),
        remedy="So nothing was compared. `tessera publications` lists those that stand",
    )


def not_behind(former: Former) -> Rule:
    """Meant after a rollback or with `--as-of`; else a source lost its newest files."""
    return NoOffenders(
        entry="not_behind",
        expects="A publication tells of no earlier moment than the one before it",
        table=ABOUT,
        offenders=f"""
            select 'This run tells of ' || strftime(as_of_at, '%Y-%m-%d %H:%M')
                || ', and readers have {former.as_of:%Y-%m-%d %H:%M}' as told
            from staging.as_of where as_of_at < timestamp '{former.as_of}'
        """
        if former.as_of
        else "select 1 where false",
        noun="publication",
        severity="warn",
        unless=f"select {quoted(former.absence)}" if former.absence else None,
        remedy="Without `--as-of`, the newest file of a source is gone: see data/raw",
    )


def columns_kept(former: Former) -> Rule:
    """What reads a column that is gone breaks, and nobody there reads a changelog."""
    return NoOffenders(
        entry="columns_kept",
        expects="Every column of the last publication is there, and of the same type",
        table=ABOUT,
        offenders="""
            with columns as (
                select table_catalog, table_schema, table_name, column_name, data_type
                from information_schema.columns
            ),
            kept as (
                select * from columns
                where table_catalog = current_database() and table_schema = 'marts'
            )
            select case
                when max(marts.table_name) is null
                    then 'The mart `' || before.table_name || '` is gone'
                else 'In `' || before.table_name || '` ' || string_agg(
                    '`' || before.column_name || '` ' || case
                        when kept.column_name is null then 'is gone'
                        else 'was ' || before.data_type || ' and is ' || kept.data_type
                    end, ', ' order by before.column_name
                )
            end as told
            from columns as before
            left join kept on before.table_name = kept.table_name
                and before.column_name = kept.column_name
            left join (select distinct table_name from kept) as marts
                on before.table_name = marts.table_name
            where before.table_catalog = 'former' and before.table_schema = 'main'
                and before.data_type is distinct from kept.data_type
            group by before.table_name
        """,
        noun="mart",
        unless=former.unless(),
        remedy="Dashboards and exports that read it would break. If it is meant, tell "
        "those who read it, and let it through once",
    )


def marts_filled(shop: Shop) -> Rule:
    """An empty mart has no rows that another rule could find wrong."""
    return WithinBounds(
        entry="marts_filled",
        expects="No mart is empty that had rows in the last publication",
        table=ABOUT,
        measures=f"""
            with {_counted(shop)}
            select mart as item, row_count as observed, 1 as minimum, null as maximum,
                null as reason, {_lenience()} as lenience,
                '`' || mart || '` is empty, and had ' || {number("former_count")}
                    || ' rows in the last publication' as told
            from counted where former_count > 0
        """,
        unit="rows",
        unless=shop.former.unless(),
        remedy="Find its model in models/marts, and which of those that it reads is "
        "empty",
    )


def _rows(
    shop: Shop, entry: str, expects: str, bounds: Bounds, severity: Severity
) -> Rule:
    return WithinBounds(
        entry=entry,
        expects=expects,
        table=ABOUT,
        measures=f"""
            with {_counted(shop)}
            select mart as item, row_count / former_count as observed, {bounds.sql()},
                null as reason, {_lenience()} as lenience,
                '`' || mart || '` has ' || {number("row_count")} || ' rows, and had '
                    || {number("former_count")} || ' in the last publication; allowed '
                    || 'are ' || coalesce(
                        'no fewer than ' || {number("ceil(minimum * former_count)")},
                        'no more than ' || {number("floor(maximum * former_count)")}
                    ) as told
            from counted where former_count >= {JUDGED_FROM_ROWS} and row_count > 0
        """,
        unit="share",
        severity=severity,
        unless=shop.former.unless(),
        remedy="See in data_quality whether files are missing or landed twice, and in "
        "identity_history whether customers were merged or split",
    )


def _lenience() -> str:
    names = ", ".join(quoted(mart) for mart in LASTING)
    return f"case when mart not in ({names}) then '{COMES_AND_GOES}' end"


def _counted(shop: Shop) -> str:
    """By mart that both have, its rows now and then: the relation `counted`."""
    both = sorted(shop.former.columns.keys() & set(shop.tables("marts")))
    return f"counted as ({_union(_count_of(mart) for mart in both)})"


def _count_of(mart: str) -> str:
    name = mart.replace('"', '""')
    return (
        f"select {quoted(mart)} as mart,"
        f' (select count(*) from marts."{name}") as row_count,'
        f' (select count(*) from former.main."{name}") as former_count'
    )


def _union(selects: Iterable[str]) -> str:
    empty = (
        "select null::varchar as mart, 0 as row_count, 0 as former_count where false"
    )
    return " union all ".join([empty, *selects])
