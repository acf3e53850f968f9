"""Gate: segments tile the customers, overlap no more than declared, and have a size."""

from expectations.engine.gate import Gate
from expectations.engine.rules import NoOffenders, Rule
from expectations.engine.shop import Shop
from expectations.engine.words import number
from expectations.parts.beliefs import BELIEFS_APART, BELIEFS_TRUE
from expectations.parts.overlaps import EXCLUSIVE, MATRIX_TRUE, OVERLAP_BOUNDED
from expectations.parts.references import DEFINITIONS
from expectations.parts.shares import (
    MEMBERSHIPS,
    NOBODY,
    NOW,
    PRIMARY,
    RULES_FILE,
    SUMMARY,
    catch_all,
    coverage,
    profile_names,
    shares,
)


def rules(shop: Shop) -> list[Rule]:
    """Tiles first, then the matrix, the ledger, and sizes."""
    profile = shop.profile
    return [
        ONE_PRIMARY,
        PRIMARY_IS_MEMBER,
        MEMBERS_KNOWN,
        EXCLUSIVE,
        MATRIX_TRUE,
        SUMMARY_TRUE,
        BELIEFS_APART,
        BELIEFS_TRUE,
        OVERLAP_BOUNDED,
        coverage(profile.coverage_share),
        catch_all(profile.catch_all_share),
        shares(profile.segment_shares),
        profile_names(profile.segment_shares),
    ]


ONE_PRIMARY = NoOffenders(
    entry="one_primary",
    expects="Every customer has exactly one primary segment and nobody else has one",
    table=PRIMARY,
    offenders=f"""
        select coalesce(customers.customer_id, tiles.customer_id) as customer_id,
            count(tiles.segment_name) as primary_count
        from {NOW} as customers
        full join {PRIMARY} as tiles on customers.customer_id = tiles.customer_id
        group by all
        having count(tiles.segment_name) <> 1 or count(customers.customer_id) <> 1
    """,
    noun="customer",
    unless=NOBODY,
    remedy=f"See the priorities and the catch-all in {RULES_FILE}",
)

PRIMARY_IS_MEMBER = NoOffenders(
    entry="primary_is_member",
    expects="A customer belongs to the primary segment or it is the catch-all",
    table=PRIMARY,
    offenders=f"""
        select customer_id, segment_name from {PRIMARY} as tiles
        where not exists (
            select 1 from {MEMBERSHIPS} as members
            where members.customer_id = tiles.customer_id
                and members.segment_name = tiles.segment_name
        ) and segment_name not in (
            select segment_name from {DEFINITIONS} where is_catch_all
        )
    """,
    noun="customer",
    unless=NOBODY,
    remedy="primary_segments is older than segment_memberships: rebuild both",
)

MEMBERS_KNOWN = NoOffenders(
    entry="members_known",
    expects="Every membership is of a customer now and told once",
    table=MEMBERSHIPS,
    offenders=f"""
        select customer_id, segment_name, count(*) as row_count
        from {MEMBERSHIPS} as members
        group by customer_id, segment_name
        having count(*) > 1
            or bool_or(as_of_at is distinct from (select as_of_at from staging.as_of))
            or not exists (
                select 1 from {NOW} as customers
                where customers.customer_id = members.customer_id
            )
    """,
    noun="membership",
    unless=NOBODY,
    remedy="segment_memberships is of another moment: rebuild models/segments",
)

SUMMARY_TRUE = NoOffenders(
    entry="summary_true",
    expects="The summary counts what the memberships say",
    table=SUMMARY,
    offenders=f"""
        select summary.segment_name, '`' || summary.segment_name || '` has '
            || {number("count(members.customer_id)")} || ' members, and the summary '
            || 'says ' || {number("summary.customer_count")} as told
        from {SUMMARY} as summary left join {MEMBERSHIPS} as members
            on members.segment_name = summary.segment_name
        group by summary.segment_name, summary.customer_count
        having summary.customer_count <> count(members.customer_id)
    """,
    noun="segment",
    unless=NOBODY,
    remedy="segment_summary is older than segment_memberships: rebuild both",
)


GATE = Gate(
    name="segments",
    stage="after_ml",
    title="The segments",
    description=(
        "Primary segments tile the customers with no gap and no overlap; memberships "
        "overlap within declared bounds; each segment has a plausible size."
    ),
    rules=rules,
)
