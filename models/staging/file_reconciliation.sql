{% set entities = raw_entities() %}

with verdicts as (
    {% for source, entity in entities %}
    select
        path,
        count(*) as readable_count,
        count(quarantine_reason) as refused_count
    from {{ ref('base_' ~ source ~ '__' ~ entity) }}
    group by path
    {{ "union all" if not loop.last }}
    {% endfor %}
),

accepted as (
    {% for source, entity in entities %}
    select
        path,
        count(*) as accepted_count
    from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    group by path
    {{ "union all" if not loop.last }}
    {% endfor %}
),

set_aside as (
    select
        path,
        count(*) as quarantined_count
    from {{ ref('quarantine') }}
    group by path
)

-- Lines are counted when a file lands, by another reader than the one that stages it.
select
    files.source,
    files.entity,
    files.path,
    files.load_seq,
    files.line_count,
    coalesce(accepted.accepted_count, 0) as accepted_count,
    coalesce(
        verdicts.readable_count - verdicts.refused_count - accepted.accepted_count, 0
    ) as duplicate_count,
    coalesce(set_aside.quarantined_count, 0) as quarantined_count
from {{ ref('landed_files') }} as files
left join verdicts on files.path = verdicts.path
left join accepted on files.path = accepted.path
left join set_aside on files.path = set_aside.path
