"""No two segments share more customers than somebody meant them to."""

from expectations.engine.rules import NoOffenders, WithinBounds
from expectations.engine.words import number, percent
from expectations.parts.references import DEFINITIONS
from expectations.parts.shares import (
    MEMBERSHIPS,
    NOBODY,
    RULES_FILE,
    SUMMARY,
)

OVERLAP = "segments.segment_overlap"
SHARED = "customer_count / nullif(least(left_count, right_count), 0)"

EXCLUSIVE = NoOffenders(
    entry="exclusive_groups",
    expects="No customer is in two segments of one exclusive group",
    table=MEMBERSHIPS,
    offenders=f"""
        with grouped as (
            select customer_id, exclusive_group, segment_name
            from {MEMBERSHIPS} inner join {DEFINITIONS} using (segment_name)
            where exclusive_group is not null
        )
        select one.exclusive_group, one.segment_name as left_segment,
            other.segment_name as right_segment,
            'Of the group `' || one.exclusive_group || '`, `' || one.segment_name
                || '` and `' || other.segment_name || '` share '
                || {number("count(distinct one.customer_id)")} || ' of '
                || {number(f"select count(distinct customer_id) from {MEMBERSHIPS}")}
                || ' customers, such as ' || min(one.customer_id) as told
        from grouped as one inner join grouped as other
            on one.customer_id = other.customer_id
            and one.exclusive_group = other.exclusive_group
            and one.segment_name < other.segment_name
        group by one.exclusive_group, one.segment_name, other.segment_name
    """,
    noun="pair",
    unless=f"""
        select case when count(exclusive_group) = 0
            then 'no exclusive group is declared' end
        from {DEFINITIONS}
    """,
    remedy="The group's lowest priority should have claimed them: segment_memberships "
    "was not built by the rules of today. Run again",
)

MATRIX_TRUE = NoOffenders(
    entry="overlap_true",
    expects="The overlap matrix counts what the memberships say",
    table=OVERLAP,
    offenders=f"""
        with pairs as (
            select one.segment_name as left_segment,
                other.segment_name as right_segment, count(*) as customer_count
            from {MEMBERSHIPS} as one
            inner join {MEMBERSHIPS} as other on one.customer_id = other.customer_id
            group by all
        )
        select overlap.left_segment, overlap.right_segment,
            '`' || overlap.left_segment || '` and `' || overlap.right_segment
                || '` share ' || {number("coalesce(pairs.customer_count, 0)")}
                || ' customers, and the matrix says '
                || {number("overlap.customer_count")} as told
        from {OVERLAP} as overlap
        left join pairs on pairs.left_segment = overlap.left_segment
            and pairs.right_segment = overlap.right_segment
        where overlap.customer_count <> coalesce(pairs.customer_count, 0)
    """,
    noun="pair",
    unless=NOBODY,
    remedy="segment_overlap is older than segment_memberships: rebuild both",
)

OVERLAP_BOUNDED = WithinBounds(
    entry="overlap",
    expects="Two segments overlap no more than declared",
    table=OVERLAP,
    measures=f"""
        select left_segment || '+' || right_segment as item,
            null as minimum, allowed_share as maximum, null as reason,
            coalesce({SHARED}, 0) as observed,
            '`' || left_segment || '` (' || {number("left_count")}
                || ' customers) and `' || right_segment || '` ('
                || {number("right_count")} || ') share '
                || {number("customer_count")} || ', which is ' || {percent(SHARED)}
                || ' of the smaller one; allowed is ' || {percent("allowed_share")}
                as told
        from {OVERLAP}
        where left_segment < right_segment and allowed_share is not null
            and not exists (
                select 1 from {SUMMARY}
                where segment_name in (left_segment, right_segment) and state <> 'ready'
            )
    """,
    unit="share",
    unless=NOBODY,
    remedy=f"Sharpen a rule of the two in {RULES_FILE}, or declare `may_overlap`",
)
