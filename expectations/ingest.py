"""Gate: what landed is enough, recent, complete and readable."""

from collections.abc import Mapping

from expectations.engine.gate import Gate, Severity
from expectations.engine.profiles import Bounds, bounds_table
from expectations.engine.rules import NoOffenders, Rule, Standard, WithinBounds
from expectations.engine.shop import Shop, silent
from expectations.engine.words import number, percent
from expectations.parts.freshness import newest_arrival, newest_of_each

FILES = "staging.file_reconciliation"
# Within a day of the newest; what happened to older ones was told then.
LANDED_LAST = """
    select load_seq from staging.landed_files
    where landed_at > (select max(landed_at) - interval 1 day from staging.landed_files)
"""
# By source: the entity that tells of people's doings, its table, key and arrival.
SOURCES = {
    "web": ("events", "staging.web_events", "event_id", "received_at"),
    "esp": ("events", "staging.esp_events", "event_id", "received_at"),
    "shop": ("orders", "staging.shop_orders", "order_key", "created_at"),
}
# A share of fewer lines says little; an entity of which nothing is left always counts.
JUDGED_FROM_LINES = 100
# What staging itself set wrong clocks aside by.
CLOCK_TOLERANCE = "(select clock_tolerance from staging.as_of)"


def rules(shop: Shop) -> list[Rule]:
    """Volume, reconciliation and freshness of all, then the rows of each source."""
    profile = shop.profile
    return [
        _volume(profile.expected_lines),
        LINES_RECONCILED,
        QUARANTINE_LISTED,
        KEY_COLUMNS_FOUND,
        COLUMNS_UNCHANGED,
        FILES_USABLE,
        TOLD_ONCE,
        _share("quarantined", profile.quarantined_share, "block"),
        _share("duplicate", profile.duplicate_share, "warn"),
        newest_arrival(profile.freshness_days),
        newest_of_each(profile.freshness_days, profile.source_freshness_days),
        *[rule for source in SOURCES for rule in _rows(source)],
        ORDERS_HAVE_MONEY,
    ]


def _volume(expected: Mapping[str, Bounds]) -> Rule:
    return WithinBounds(
        entry="volume",
        expects="Enough lines landed",
        table=FILES,
        measures=f"""
            with landed as (
                select source || '/' || entity as item, sum(line_count) as line_count
                from {FILES} group by all
            ),
            expected as ({bounds_table(expected)})
            select expected.item, coalesce(line_count, 0) as observed,
                expected.minimum, expected.maximum, null as reason,
                {number("observed")} || ' lines of ' || expected.item
                    || ' have landed in all; expected are '
                    || concat_ws(' and ', 'at least ' || {number("minimum")},
                        'at most ' || {number("maximum")}) as told
            from expected left join landed on landed.item = expected.item
            union all
            select null, coalesce(sum(line_count), 0), 1, null, null,
                'Not one line has landed' from landed
        """,
        remedy="See which files are missing under data/raw, and land them",
    )


LINES_RECONCILED = NoOffenders(
    entry="lines_reconciled",
    expects="Each file's lines are accepted, duplicate, quarantined or erased ones",
    table=FILES,
    offenders=f"""
        with counted as (
            select *, line_count - accepted_count - duplicate_count
                - quarantined_count - erased_count as lost_count
            from {FILES}
        )
        select load_seq, 'Of the ' || {number("line_count")} || ' lines of `' || path
            || '`, ' || {number("accepted_count")} || ' are accepted, '
            || {number("duplicate_count")} || ' duplicate, '
            || {number("quarantined_count")} || ' quarantined and '
            || {number("erased_count")} || ' erased' || case
                when lost_count > 0 then ': ' || {number("lost_count")} || ' are lost'
                when lost_count < 0
                    then ': ' || {number("-lost_count")} || ' are counted twice'
                else ''
            end as told
        from counted
        where line_count is distinct from
                accepted_count + duplicate_count + quarantined_count + erased_count
            or least(
                accepted_count, duplicate_count, quarantined_count, erased_count
            ) < 0
    """,
    noun="file",
    remedy="`tessera run --full-refresh` rebuilds all from the files and compares",
)

QUARANTINE_LISTED = NoOffenders(
    entry="quarantine_listed",
    expects="Every quarantined line is listed with its reason",
    table="staging.quarantine",
    offenders=f"""
        with listed as (
            select load_seq, count(reason) as listed_count
            from staging.quarantine group by load_seq
        )
        select source, entity, files.load_seq, quarantined_count,
            coalesce(listed_count, 0) as listed_count
        from {FILES} as files left join listed on listed.load_seq = files.load_seq
        where quarantined_count <> coalesce(listed_count, 0)
    """,
    remedy="staging.quarantine must show what was set aside, and why: rebuild it",
)


# Who mended every line of such a file has seen to it.
KEY_COLUMNS_FOUND = NoOffenders(
    entry="key_columns_found",
    expects="Every file has the columns without which its rows say nothing",
    table="staging.file_columns",
    offenders="""
        with keys as (
            select source, entity, unnest(key_columns) as any_of
            from staging.declared_columns
        )
        select path, array_to_string(any_of, ' or ') as column_name, row_count
        from staging.file_columns inner join keys using (source, entity)
        where list_contains(any_of, column_name) and row_count > 0
            and load_seq in (
                select load_seq from staging.quarantine where is_mended is not true
            )
        group by all
        having bool_and(found_as is null or form = 'lines' and filled_count = 0)
    """,
    remedy="Such rows are set aside. Declare the column's new name (var "
    "column_aliases), land the file again under its name, or mend its lines",
)

COLUMNS_UNCHANGED = NoOffenders(
    entry="columns_unchanged",
    expects="The files that landed last have the columns of those before them",
    table="staging.column_changes",
    offenders=f"""
        select path, change_kind, empty_count,
            case when change_kind <> 'unknown' then column_name end as column_name
        from staging.column_changes
        where load_seq in ({LANDED_LAST})
    """,
    severity="warn",
    remedy="staging.column_changes says what changed in which file (published in "
    "data_quality). A new name can be declared: see the var column_aliases",
)

FILES_USABLE = NoOffenders(
    entry="files_usable",
    expects="Of each file that landed last some lines can be used",
    table=FILES,
    offenders=f"""
        select path, line_count from {FILES}
        where line_count > 0 and quarantined_count = line_count
            and load_seq in ({LANDED_LAST})
    """,
    severity="warn",
    remedy="staging.quarantine has the lines with their reason: mend them, or land the "
    "file again under its name",
)

TOLD_ONCE = NoOffenders(
    entry="told_once",
    expects="Every thing of the shop is told by one source alone",
    table="staging.told_twice",
    offenders="""
        select source, entity, load_seq, count(*) as record_count
        from staging.told_twice group by all
    """,
    severity="warn",
    remedy="What the pack tells counts, and these records stand back: is it the same "
    "shop? If so, land the one export alone; `tessera quarantine --conflicts` has ids",
)


def _share(kind: str, bounds: Bounds, severity: Severity) -> Rule:
    return WithinBounds(
        entry=f"{kind}_share",
        expects=f"Few lines are {kind}",
        table=FILES,
        measures=f"""
            select source || '/' || entity as item,
                sum({kind}_count) / sum(line_count) as observed, {bounds.sql()},
                {number(f"sum({kind}_count)")} || ' of the '
                    || {number("sum(line_count)")} || ' lines of ' || source || '/'
                    || entity || ' are {kind} (' || {percent("observed")}
                    || '); allowed is ' || {percent("maximum")} as told,
                case when sum(line_count) < {JUDGED_FROM_LINES}
                        and sum(quarantined_count) < sum(line_count)
                    then 'it has fewer than {JUDGED_FROM_LINES} lines'
                end as reason
            from {FILES} where line_count > 0 group by source, entity
        """,
        unit="share",
        severity=severity,
        remedy="staging.quarantine and staging.file_reconciliation show which, and why",
    )


def _rows(source: str) -> list[Rule]:
    """Of one source: each row has a key of its own and moments that can be."""
    entity, table, key, arrival = SOURCES[source]
    unless = silent(source, entity)
    happened = "created_at" if source == "shop" else "occurred_at"
    return [
        Standard(
            entry=f"{source}_keys_unique",
            expects=f"Every row of {source}/{entity} has a key of its own",
            table=table,
            expectation="ExpectColumnValuesToBeUnique",
            arguments={"column": key},
            unless=unless,
            remedy="Staging deduplicates; find the load that got past it",
        ),
        NoOffenders(
            entry=f"{source}_moments_known",
            expects=f"Every row of {source}/{entity} has a key and moments that can be",
            table=table,
            offenders=f"""
                select {key}, load_seq from {table}
                where {key} is null or {happened} is null or {arrival} is null
                    or {happened} > {arrival} + {CLOCK_TOLERANCE}
            """,
            unless=unless,
            remedy="Rows without a key or a moment belong in staging.quarantine",
        ),
    ]


ORDERS_HAVE_MONEY = NoOffenders(
    entry="orders_have_money",
    expects="Every order has an amount of zero or more in a known kind of currency",
    table="staging.shop_orders",
    offenders="""
        select order_key, load_seq, total_amount from staging.shop_orders
        where total_amount is null or total_amount < 0
            or not regexp_full_match(coalesce(currency, ''), '[A-Z]{3}')
    """,
    unless=silent("shop", "orders"),
    remedy="Such orders belong in staging.quarantine: see its reasons for shop/orders",
)


GATE = Gate(
    name="ingest",
    stage="before_ml",
    title="What landed",
    description=(
        "Every line that landed is accounted for, enough of them are usable, they are "
        "recent, and no staged row lacks its key, its moments or a sensible amount."
    ),
    rules=rules,
)
