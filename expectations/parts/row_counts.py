"""The rows of each mart against those that it had in the last publication."""

from collections.abc import Iterable

from expectations.engine.gate import Severity
from expectations.engine.profiles import Bounds, quoted
from expectations.engine.rules import Rule, WithinBounds
from expectations.engine.shop import Shop
from expectations.engine.words import number
from expectations.parts.former_marts import ABOUT

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


def rows_kept(shop: Shop) -> Rule:
    """Files that are missing make all marts smaller, and none of them wrong."""
    least = Bounds(shop.profile.mart_rows.minimum, None)
    return _rows(shop, "rows_kept", "No mart lost many of its rows", least, "block")


def rows_grown(shop: Shop) -> Rule:
    """What landed twice under other ids is in no rule's way but this one's."""
    most = Bounds(None, shop.profile.mart_rows.maximum)
    return _rows(shop, "rows_grown", "No mart grew many times over", most, "warn")


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
