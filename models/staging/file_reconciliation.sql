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
    select path, count(*) as accepted_count
    from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    group by path
    {{ "union all" if not loop.last }}
    {% endfor %}
),

set_aside as (
    select path, count(*) as quarantined_count
    from {{ ref('quarantine') }}
    where reason != 'unreadable_file'
    group by path
),

unreadable_files as (
    select distinct path from {{ ref('quarantine') }} where reason = 'unreadable_file'
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
    case when unreadable_files.path is null
        then coalesce(set_aside.quarantined_count, 0)
        else files.line_count
    end as quarantined_count
from {{ ref('landed_files') }} as files
left join verdicts on files.path = verdicts.path
left join accepted on files.path = accepted.path
left join set_aside on files.path = set_aside.path
left join unreadable_files on files.path = unreadable_files.path
