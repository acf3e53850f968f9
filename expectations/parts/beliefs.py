"""What the ledger of memberships will believe adds up, before it is written."""

from expectations.engine.rules import NoOffenders

MEMBERSHIPS = "segments.segment_memberships"
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
    noun="belief",
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
    noun="membership",
    unless=f"select coalesce({LATER_KNOWN}, {NOTHING_BELIEVED})",
    remedy="segment_changes is older than segment_memberships: rebuild models/segments",
)
