{% set live = followed_segments() %}

-- Since when the moves of each live segment are told: within the horizon, not before
-- its rule, or that of a segment it hangs on, was another. A run whose clock is behind
-- tells none: its moment has been told.
with hangs_on as (
    select
        entries.segment_name,
        entries.other_name
    from (
        values
        {% for name, others in live.hangs_on.items() -%}
        {% for other in others -%}
        ('{{ name }}', '{{ other }}'),
        {% endfor -%}
        {% endfor -%}
        (null, null)
    ) as entries (segment_name, other_name)
)

select
    hangs_on.segment_name,
    greatest(horizon.began_at, max(versions.exact_since_at)) as told_from_at,
    max(versions.exact_since_at) > horizon.began_at as is_from_rule,
    horizon.as_of_at
from hangs_on
inner join {{ ref('exact_versions') }} as versions
    on hangs_on.other_name = versions.segment_name
cross join {{ ref('exact_horizon') }} as horizon
left join {{ ref('stg_ledger__segment_runs') }} as later
    on horizon.as_of_at < later.as_of_at
where later.as_of_at is null
group by hangs_on.segment_name, horizon.began_at, horizon.as_of_at
