"""What arrived is recent: the newest of all, and the newest of each source."""

from collections.abc import Mapping

from expectations.engine.profiles import Bounds, bounds_table
from expectations.engine.rules import Rule, WithinBounds

# What people did, or became known for: a table, and when its rows arrived.
ARRIVALS = {
    "staging.web_events": "received_at",
    "staging.esp_events": "received_at",
    "staging.shop_orders": "created_at",
    "staging.shop_customers": "created_at",
    "staging.stg_crm__contacts": "created_at",
}
ARRIVED = " union all ".join(
    f"select load_seq, max({arrival}) as arrived_at from {table} group by load_seq"
    for table, arrival in ARRIVALS.items()
)
# By source, its newest accepted record; its file tells of which source a row is.
NEWEST = f"""
    newest as (
        select source, max(arrived_at) as newest_at
        from ({ARRIVED}) inner join staging.file_reconciliation using (load_seq)
        group by source
    ),
    lags as (
        select source, newest_at, as_of_at,
            (epoch(as_of_at) - epoch(newest_at)) / 86400 as lag_days
        from newest cross join staging.as_of
        where newest_at is not null
    )
"""
CLOCK = "as_of is this very arrival: set --as-of"


def newest_arrival(bounds: Bounds) -> Rule:
    """Without a clock of its own a run takes the newest arrival as its as_of: then
    nothing can be late as a whole, and each source is judged by the others."""
    return WithinBounds(
        entry="freshness",
        expects="The newest arrival of all is close to as_of",
        table="staging.as_of",
        measures=f"""
            with {NEWEST}
            select null as item, min(lag_days) as observed, {bounds.sql()},
                case when min(lag_days) is null then 'nothing ever arrived'
                    when min(lag_days) = 0 then '{CLOCK}'
                end as reason,
                'Nothing has arrived since '
                    || strftime(max(newest_at), '%Y-%m-%d %H:%M') || ', '
                    || round(min(lag_days), 1) || ' days before as_of' as told
            from lags
        """,
        unit="days",
        remedy="Look after the exports that feed data/raw: all of them stopped",
    )


def newest_of_each(bounds: Bounds, by_source: Mapping[str, Bounds]) -> Rule:
    """One that fell silent is told and stops nothing: the others' news are true, and
    what hangs on it is as old as this says."""
    return WithinBounds(
        entry="source_freshness",
        expects="The newest arrival of each source is close to as_of",
        table="staging.as_of",
        measures=f"""
            with expected as ({bounds_table(by_source)}),
            {NEWEST},
            others as (select {bounds.sql()})
            select source as item, lag_days as observed,
                if(expected.item is null, others.minimum, expected.minimum) as minimum,
                if(expected.item is null, others.maximum, expected.maximum) as maximum,
                case when lag_days = 0 then '{CLOCK}' end as reason,
                'The source `' || source || '` has told nothing since '
                    || strftime(newest_at, '%Y-%m-%d %H:%M') || ', '
                    || round(lag_days, 1) || ' days before '
                    || strftime(as_of_at, '%Y-%m-%d %H:%M')
                    || ', the moment of this run; allowed are '
                    || printf('%g', if(
                        expected.item is null, others.maximum, expected.maximum
                    )) || ' days' as told
            from lags cross join others left join expected on source = expected.item
        """,
        unit="days",
        severity="warn",
        remedy="Look after its export to data/raw; what segments ask of it is as old",
    )
