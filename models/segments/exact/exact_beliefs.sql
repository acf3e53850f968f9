-- What the ledger is to believe of the time that is told. What was told of a belief's
-- beginning before that time stays as it was told.
with stays as (
    select
        stays.* replace (
            greatest(stays.entered_at, segments.told_from_at) as entered_at
        ),
        segments.told_from_at,
        segments.is_from_rule,
        stays.entered_at <= segments.told_from_at as is_from_before
    from {{ ref('exact_stays') }} as stays
    inner join {{ ref('exact_segments') }} as segments
        on stays.segment_name = segments.segment_name
    where stays.left_at is null or stays.left_at > segments.told_from_at
),

versions as (
    select
        segment_name,
        definition_hash
    from {{ ref('segment_versions') }}
)

-- Whoever is a member when it begins, and moves within it.
select
    stays.customer_id,
    stays.segment_name,
    coalesce(former.entered_at, stays.entered_at) as entered_at,
    stays.left_at,
    coalesce(former.precision, 'exact') as precision,
    {% for column in ['clause', 'event_id', 'timer'] -%}
    case
        when stays.is_from_before then former.entered_by_{{ column }}
        else stays.entered_by_{{ column }}
    end as entered_by_{{ column }},
    stays.left_by_{{ column }},
    {% endfor -%}
    coalesce(former.definition_hash, versions.definition_hash) as definition_hash,
    case
        when not stays.is_from_before and stays.is_first_seen then 'first seen'
        when former.belief_id is not null or not stays.is_from_before
            then 'a clause flipped'
        when stays.is_from_rule then 'the rule changed'
        else 'held before'
    end as cause
from stays
inner join versions on stays.segment_name = versions.segment_name
left join {{ ref('exact_reaching') }} as former
    on
        stays.customer_id = former.customer_id
        and stays.segment_name = former.segment_name
        and stays.is_from_before
        and former.is_from_before
union all by name
-- Whoever is none when it begins, but was until then.
select
    former.customer_id,
    former.segment_name,
    former.entered_at,
    former.told_from_at as left_at,
    former.precision,
    {% for column in ['clause', 'event_id', 'timer'] -%}
    former.entered_by_{{ column }},
    case when former.left_at = former.told_from_at then former.left_by_{{ column }} end
        as left_by_{{ column }},
    {% endfor -%}
    former.definition_hash,
    case when former.is_from_rule then 'the rule changed' else 'corrected' end as cause
from {{ ref('exact_reaching') }} as former
left join stays
    on
        former.customer_id = stays.customer_id
        and former.segment_name = stays.segment_name
        and stays.is_from_before
where
    former.is_from_before
    and stays.customer_id is null
    and former.entered_at < former.told_from_at
