with members as (
    select
        segment_name,
        count(*) as customer_count
    from {{ ref('segment_memberships') }}
    group by segment_name
),

primaries as (
    select
        segment_name,
        count(*) as primary_count
    from {{ ref('primary_segments') }}
    group by segment_name
),

customers as (
    select
        count(*) as customer_count,
        count(*) filter (where profiles.is_identified) as identified_count,
        max(inputs.as_of_at) as as_of_at
    from {{ ref('segment_inputs') }} as inputs
    left join {{ ref('golden_profiles') }} as profiles
        on inputs.customer_id = profiles.customer_id
),

identified as (
    select
        memberships.segment_name,
        count(*) as identified_count
    from {{ ref('segment_memberships') }} as memberships
    inner join {{ ref('golden_profiles') }} as profiles
        on memberships.customer_id = profiles.customer_id
    where profiles.is_identified
    group by memberships.segment_name
),

heard as (
    select distinct source from {{ ref('events') }}
),

silences as (
    select
        segment_name,
        string_agg(silence, '; ' order by output_name) as silence
    from {{ ref('segment_outputs') }}
    group by segment_name
),

-- Whoever is a member for another reason needs no model's word.
judged as (
    select
        definitions.*,
        case
            when members.segment_name is null and silences.silence is not null
                then silences.silence
            when definitions.source is not null and heard.source is null
                then 'no events of the source ' || definitions.source || ' have landed'
        end as reason
    from {{ ref('segment_definitions') }} as definitions
    left join members on definitions.segment_name = members.segment_name
    left join silences on definitions.segment_name = silences.segment_name
    left join heard on definitions.source = heard.source
)

select
    definitions.segment_name,
    definitions.label,
    definitions.kind,
    definitions.priority,
    coalesce(members.customer_count, 0) as customer_count,
    coalesce(members.customer_count, 0) / nullif(customers.customer_count, 0)
        as customer_share,
    coalesce(identified.identified_count, 0) as identified_count,
    coalesce(identified.identified_count, 0) / nullif(customers.identified_count, 0)
        as identified_share,
    coalesce(primaries.primary_count, 0) as primary_count,
    coalesce(primaries.primary_count, 0) / nullif(customers.customer_count, 0)
        as primary_share,
    case
        when definitions.reason is null then 'ready' else 'not applicable'
    end as state,
    definitions.reason,
    customers.as_of_at
from judged as definitions
cross join customers
left join members on definitions.segment_name = members.segment_name
left join primaries on definitions.segment_name = primaries.segment_name
left join identified on definitions.segment_name = identified.segment_name
