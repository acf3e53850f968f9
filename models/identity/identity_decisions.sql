-- Of each pair the newest decision counts, from its moment until the next one. What was
-- decided after the last arrival counts at once: the clock stands at that arrival.
with counted as (
    select
        decisions.*,
        moments.as_of_at,
        lead(decisions.decided_at) over (
            partition by decisions.pair_id order by decisions.decided_at
        ) as next_at
    from {{ ref('stg_identity__decisions') }} as decisions
    inner join {{ ref('as_of') }} as moments
        on decisions.decided_at <= moments.as_of_at or moments.is_newest
),

dated as (
    select
        decision_id,
        pair_id,
        decision,
        left_type,
        left_value,
        right_type,
        right_value,
        decided_at,
        decided_by,
        reason,
        least(decided_at, as_of_at) as valid_from,
        case when next_at is not null then least(next_at, as_of_at) end as valid_to
    from counted
)

select * from dated
where valid_to is null or valid_to > valid_from
