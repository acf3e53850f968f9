"""How far each segment's share has moved since the last publication.

A segment that doubles overnight under one and the same rule is a broken source more
often than news, and its audience is written to: so it stops the publication. Where a
reason for the move is known, it is told instead.
"""

from expectations.engine.former import Former
from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop
from expectations.engine.words import number, percent
from expectations.parts.references import DECIDING
from expectations.parts.shares import NOW, RULES_FILE, SUMMARY

# Chance moves a share by more than four standard errors once in 16,000 times. The
# share that they are of is the middle of Wilson's interval, which is above 0 even where
# nobody was a member.
Z = 4
# And a share of a hundredth may come and go with the hour of the day.
SLACK = 0.01
SEEN = (
    *("segment_name", "customer_count", "customer_share", "state", "kind", "label"),
    "as_of_at",
)
SUMMARY_COLUMNS = tuple(f"segment_summary.{column}" for column in SEEN)
HISTORY_COLUMNS = tuple(
    f"segment_definition_history.{column}"
    for column in ("segment_name", "definition_hash", "model_version", "is_in_force")
)
# What has changed since then: the rule of a segment, or what the clusters are, where
# that was announced. A score that is trained anew is the same question, and clusters of
# which nothing is announced are the same groups: a share that doubles then is news.
CHANGED = """
    changed as (
        select segment_name, case
            when now.definition_hash <> before.definition_hash then 'rule'
            when now.model_version is distinct from before.model_version
                and now.segment_name in (
                    select segment_name from segments.segment_definitions
                    where kind = 'cluster'
                ) and exists (
                    -- A roll back is of the moment of the last build, and news since.
                    select 1 from ml.cluster_changes as changes, (
                        select max(as_of_at) as last_at
                        from former.main.segment_summary
                    )
                    where changes.changed_at > last_at
                        or (
                            changes.changed_at = last_at
                            and changes.model_version = now.model_version
                        )
                ) then 'model'
        end as what
        from segments.segment_versions as now
        inner join former.main.segment_definition_history as before
            using (segment_name)
        where before.is_in_force
        union all
        select segment_name, 'rule' from segments.segment_versions
        where segment_name not in (
            select segment_name from former.main.segment_definition_history
            where is_in_force
        )
        union all
        -- Whom a segment claimed that is no more.
        select segment_name, 'rule' from segments.segment_definitions
        where is_catch_all and exists (
            select 1 from former.main.segment_summary as gone
            where gone.kind <> 'cluster' and gone.segment_name not in (
                select segment_name from segments.segment_versions
            )
        )
    )
"""
# What decides a segment's members may be the rule of another one.
CAUSES = f"""
    {DECIDING},
    {CHANGED},
    causes as (
        select reached.segment_name, case
            when bool_or(what = 'rule' and asked = reached.segment_name)
                then 'its rule is another one now'
            when bool_or(what = 'model' and asked = reached.segment_name)
                then 'the clusters are others now (cluster_changes)'
            else 'what decides its members has changed with `'
                || min(asked) filter (what is not null) || '`'
        end as cause
        from reached inner join changed on reached.asked = changed.segment_name
        group by reached.segment_name having count(what) > 0
    )
"""
MOVED = f"""
    shares as (
        select now.segment_name, now.customer_count as count_now, is_catch_all,
            before.customer_count as count_before, now.state, now.reason,
            before.state as state_before,
            (select count(*) from {NOW}) as all_now,
            (select count(*) from former.main.customers) as all_before
        from {SUMMARY} as now
        inner join former.main.segment_summary as before using (segment_name)
        inner join segments.segment_definitions using (segment_name)
    ),
    moved as (
        select *, count_now / nullif(all_now, 0) as share_now,
            count_before / nullif(all_before, 0) as share_before,
            (count_before + {Z * Z / 2}) / (all_before + {Z * Z}) as likely,
            {SLACK} + {Z} * sqrt(
                likely * (1 - likely)
                * (1 / nullif(all_now, 0) + 1 / nullif(all_before, 0))
            ) as slack
        from shares
    )
"""


def share_drift(shop: Shop) -> Rule:
    """Allowed is a multiple of the former share, and what chance may do besides."""
    former, (least, most) = shop.former, shop.profile.share_drift
    minimum = f"greatest(0, {least or 0} * share_before - slack)"
    maximum = f"least(1, {most} * share_before + slack)" if most else "1"
    return WithinBounds(
        entry="share_drift",
        expects="Each segment has about the share of customers that it had before",
        table=SUMMARY,
        measures=f"""
            with recursive {CAUSES}, {MOVED}
            select segment_name as item, share_now as observed,
                {minimum} as minimum, {maximum} as maximum,
                case when state <> 'ready' then coalesce(reason, state)
                    when state_before <> 'ready' then 'it was not judged before'
                    when all_now * all_before = 0 then 'there are no customers'
                end as reason,
                coalesce(cause, {_age(former, shop.profile.comparable_days)})
                    as lenience,
                '`' || segment_name || '` has ' || {percent("share_now")}
                    || ' of the customers (' || {number("count_now")} || ' of '
                    || {number("all_now")} || '), and had ' || {percent("share_before")}
                    || ' (' || {number("count_before")} || ' of '
                    || {number("all_before")} || ') in the last publication; '
                    || 'allowed is ' || {percent(minimum)} || ' to '
                    || {percent(maximum)} as told
            from moved left join causes using (segment_name)
        """,
        unit="share",
        unless=former.unless(*SUMMARY_COLUMNS, *HISTORY_COLUMNS),
        remedy="See in data_quality whether a source broke, and in segment_stability "
        "who moved; if it is right, let it through once",
    )


def segments_kept(former: Former) -> Rule:
    """Whoever asks for a segment that is gone finds nobody, and no error."""
    return NoOffenders(
        entry="segments_kept",
        expects="Every segment of the last publication is still defined",
        table=SUMMARY,
        offenders=f"""
            select segment_name, '`' || segment_name || '` (' || label || ') had '
                || {number("customer_count")} || ' customers, and is defined no more'
                as told
            from former.main.segment_summary
            where kind <> 'cluster'
                and segment_name not in (select segment_name from {SUMMARY})
        """,
        noun="segment",
        severity="warn",
        unless=former.unless(*SUMMARY_COLUMNS),
        remedy=f"Tell those who use it. A new name in {RULES_FILE} is a new segment",
    )


def _age(former: Former, bounds: Bounds) -> str:
    """SQL: that the last publication is too old to expect the same of this one."""
    if former.as_of is None or bounds.maximum is None:
        return "null"
    days = f"(epoch(as_of_at) - epoch(timestamp '{former.as_of}')) / 86400"
    return f"""(
        select 'the last publication tells of a moment ' || round({days})::integer
            || ' days before'
        from staging.as_of where {days} > {bounds.maximum}
    )"""
