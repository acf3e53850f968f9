"""Gate: segments tile the customers, overlap no more than declared, and have a size."""

from collections.abc import Mapping

from expectations.engine.gate import Gate
from expectations.engine.profiles import Bounds, bounds_table
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop

DEFINITIONS = "segments.segment_definitions"
MEMBERSHIPS = "segments.segment_memberships"
PRIMARY = "segments.primary_segments"
OVERLAP = "segments.segment_overlap"
SUMMARY = "segments.segment_summary"
NOW = "features.customers_now"
NOBODY = f"""
    select case when (select count(*) from {NOW}) = 0
            and (select count(*) from {PRIMARY}) = 0
        then 'there are no customers yet' end
"""
STANDING = "segments.standing_beliefs"
CHANGES = "segments.segment_changes"
# What the ledger will believe once it is written.
BELIEVED = f"""
    select customer_id, segment_name, entered_at, left_at from {STANDING}
    where belief_id not in (
        select former_belief_id from {CHANGES} where former_belief_id is not null
    )
    union all
    select customer_id, segment_name, entered_at, left_at from {CHANGES}
    where belief_id is not null
"""
NOTHING_BELIEVED = f"""
    case when (select count(*) from {STANDING}) + (select count(*) from {CHANGES}) = 0
        then 'the ledger is empty, and nobody enters it' end
"""
LATER_KNOWN = """
    case when (
        select count(*) from staging.stg_ledger__segment_runs as runs
        inner join staging.as_of as moments on runs.as_of_at > moments.as_of_at
    ) > 0 then 'the ledger knows a later moment, so nothing will be added' end
"""
RULES_FILE = "models/segments/segments.yml"
# A rule that asks for what no source tells can be neither kept nor broken.
SILENT_SOURCES = """
    silent as (
        select asks_for, 'its rule asks for ' || what || ', and no line of ' || source
            || '/events was accepted' as silence
        from (values
            ('esp', 'emails', 'email_|high_value_click'),
            ('web', 'visits', 'page_view|product_view|cart_add|checkout')
        ) as needs(source, what, asks_for)
        where not exists (
            select 1 from staging.file_reconciliation as files
            where files.source = needs.source and entity = 'events'
                and accepted_count > 0
        )
    )
"""


def rules(shop: Shop) -> list[Rule]:
    """Coverage first, then the matrix, then sizes."""
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
        _catch_all(profile.catch_all_share),
        _shares(profile.segment_shares),
        _profile_names(profile.segment_shares),
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
    unless=NOBODY,
    remedy="segment_memberships is of another moment: rebuild models/segments",
)

EXCLUSIVE = NoOffenders(
    entry="exclusive_groups",
    expects="No customer is in two segments of one exclusive group",
    table=MEMBERSHIPS,
    offenders=f"""
        select customer_id, exclusive_group, count(*) as segment_count
        from {MEMBERSHIPS} as members
        inner join {DEFINITIONS} as definitions
            on members.segment_name = definitions.segment_name
        where exclusive_group is not null
        group by customer_id, exclusive_group
        having count(distinct members.segment_name) > 1
    """,
    unless=f"""
        select case when count(exclusive_group) = 0
            then 'no exclusive group is declared' end
        from {DEFINITIONS}
    """,
    remedy=f"Make the rules of that group in {RULES_FILE} exclude each other",
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
        select overlap.left_segment, overlap.right_segment, overlap.customer_count,
            coalesce(pairs.customer_count, 0) as counted
        from {OVERLAP} as overlap
        left join pairs on pairs.left_segment = overlap.left_segment
            and pairs.right_segment = overlap.right_segment
        where overlap.customer_count <> coalesce(pairs.customer_count, 0)
    """,
    unless=NOBODY,
    remedy="segment_overlap is older than segment_memberships: rebuild both",
)

SUMMARY_TRUE = NoOffenders(
    entry="summary_true",
    expects="The summary counts what the memberships say",
    table=SUMMARY,
    offenders=f"""
        select summary.segment_name, summary.customer_count,
            count(members.customer_id) as counted
        from {SUMMARY} as summary left join {MEMBERSHIPS} as members
            on members.segment_name = summary.segment_name
        group by all having summary.customer_count <> counted
    """,
    unless=NOBODY,
    remedy="segment_summary is older than segment_memberships: rebuild both",
)

BELIEFS_APART = NoOffenders(
    entry="beliefs_apart",
    expects="No two beliefs of one customer and segment are of the same time",
    table=CHANGES,
    offenders=f"""
        select customer_id, segment_name, entered_at, left_at, next_entered_at
        from (
            select *, lead(entered_at) over (
                partition by customer_id, segment_name order by entered_at, left_at
            ) as next_entered_at
            from ({BELIEVED})
        )
        where next_entered_at < coalesce(left_at, 'infinity') or left_at <= entered_at
    """,
    unless=f"select {NOTHING_BELIEVED}",
    remedy="The ledger of memberships was changed by hand: put the build database or"
    " the publication back that it was before",
)

BELIEFS_TRUE = NoOffenders(
    entry="beliefs_true",
    expects="What the ledger will believe of now is what the memberships say",
    table=CHANGES,
    offenders=f"""
        select coalesce(members.customer_id, beliefs.customer_id) as customer_id,
            coalesce(members.segment_name, beliefs.segment_name) as segment_name,
            count(members.customer_id) as membership_count,
            count(beliefs.customer_id) as belief_count
        from {MEMBERSHIPS} as members
        full join (select * from ({BELIEVED}) where left_at is null) as beliefs
            on members.customer_id = beliefs.customer_id
            and members.segment_name = beliefs.segment_name
        group by all
        having count(members.customer_id) <> 1 or count(beliefs.customer_id) <> 1
    """,
    unless=f"select coalesce({LATER_KNOWN}, {NOTHING_BELIEVED})",
    remedy="segment_changes is older than segment_memberships: rebuild models/segments",
)

OVERLAP_BOUNDED = WithinBounds(
    entry="overlap",
    expects="Two segments overlap no more than declared",
    table=OVERLAP,
    measures=f"""
        select least(left_segment, right_segment) || '+'
                || greatest(left_segment, right_segment) as item,
            null as minimum, min(allowed_share) as maximum, null as reason,
            max(coalesce(
                customer_count / nullif(least(left_count, right_count), 0), 0
            )) as observed
        from {OVERLAP}
        where left_segment <> right_segment and allowed_share is not null
            and not exists (
                select 1 from {SUMMARY}
                where segment_name in (left_segment, right_segment) and state <> 'ready'
            )
        group by item
    """,
    unit="share",
    unless=NOBODY,
    remedy=f"Sharpen a rule of the two in {RULES_FILE}, or declare their overlap",
)


def _catch_all(bounds: Bounds) -> Rule:
    """Of the primary segments: what is left over when no rule holds."""
    return WithinBounds(
        entry="catch_all_share",
        expects="The catch-all does not catch too many",
        table=PRIMARY,
        measures=f"""
            with caught as (
                select segment_name, max(maximum_share) as declared
                from {DEFINITIONS} where is_catch_all group by segment_name
            ),
            bounds as (select {bounds.sql()})
            select max(caught.segment_name) as item, min(bounds.minimum) as minimum,
                coalesce(max(declared), min(bounds.maximum)) as maximum,
                count(caught.segment_name) / count(*) as observed, null as reason
            from {PRIMARY} as tiles cross join bounds
            left join caught on tiles.segment_name = caught.segment_name
        """,
        unit="share",
        unless=NOBODY,
        remedy=f"Too many customers fit no rule of {RULES_FILE}: add one for them",
    )


def _shares(expected: Mapping[str, Bounds]) -> Rule:
    """A profile's bounds stand in place of those that segments.yml declares."""
    return WithinBounds(
        entry="share",
        expects="Each segment has its expected share of the customers",
        table=SUMMARY,
        measures=f"""
            with expected as ({bounds_table(expected)}),
            {SILENT_SOURCES},
            bounded as (
                select summary.segment_name as item, customer_count,
                    if(state = 'ready', null, coalesce(reason, state)) as own_reason,
                    (
                        select min(silence) from silent
                        where regexp_matches(rule_text, silent.asks_for)
                    ) as silence,
                    if(expected.item is null, minimum_share, expected.minimum)
                        as minimum,
                    if(expected.item is null, maximum_share, expected.maximum)
                        as maximum
                from {SUMMARY} as summary
                left join {DEFINITIONS} as definitions
                    on summary.segment_name = definitions.segment_name
                left join expected on summary.segment_name = expected.item
                where not coalesce(is_catch_all, false)
            )
            select item, minimum, maximum,
                customer_count / nullif((select count(*) from {NOW}), 0) as observed,
                coalesce(own_reason, silence) as reason
            from bounded
            where coalesce(own_reason, silence) is not null
                or minimum is not null or maximum is not null
        """,
        unit="share",
        unless=NOBODY,
        remedy=f"See its rule in {RULES_FILE}; if the share is right, move its bounds",
    )


def _profile_names(expected: Mapping[str, Bounds]) -> Rule:
    return NoOffenders(
        entry="profile_names",
        expects="Every segment that the profile expects is defined",
        table=SUMMARY,
        offenders=f"""
            select item as segment_name from ({bounds_table(expected)})
            where item not in (select segment_name from {SUMMARY})
        """,
        severity="warn",
        remedy="Its name has changed: mend expectations/profiles.yml",
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
