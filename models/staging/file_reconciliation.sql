{% set entities = raw_entities() %}

with accepted as (
    {% for source, entity in entities %}
    select
        load_seq,
        count(*) as accepted_count
    from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    group by load_seq
    {{ "union all" if not loop.last }}
    {% endfor %}
),

duplicates as (
    {% for source, entity in entities %}
    {{ duplicates_by_load(source, entity) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

refused as (
    select load_seq from {{ ref('refused_rows') }}
    union all
    select load_seq from {{ ref('salvaged_rows') }}
    where reason is not null
),

quarantined as (
    select
        load_seq,
        count(*) as quarantined_count
    from refused
    group by load_seq
),

conflicting as (
    select load_seq from {{ ref('event_conflicts') }}
    union all
    select load_seq from {{ ref('order_conflicts') }}
    union all
    select load_seq from {{ ref('told_twice') }}
),

conflicts as (
    select
        load_seq,
        count(*) as conflict_count
    from conflicting
    group by load_seq
),

nobodys as (
    select
        load_seq,
        count(*) as no_visitor_count
    from {{ ref('web_events') }}
    where visitor_id is null
    group by load_seq
)

-- Lines are counted when a file lands, by another reader than the one that stages it.
select
    files.source,
    files.entity,
    files.path,
    files.load_seq,
    files.line_count + files.erased_count as line_count,
    coalesce(accepted.accepted_count, 0) as accepted_count,
    coalesce(duplicates.duplicate_count, 0) as duplicate_count,
    coalesce(quarantined.quarantined_count, 0) as quarantined_count,
    files.erased_count,
    coalesce(conflicts.conflict_count, 0) as conflict_count,
    coalesce(nobodys.no_visitor_count, 0) as no_visitor_count
from {{ ref('landed_files') }} as files
left join accepted on files.load_seq = accepted.load_seq
left join duplicates on files.load_seq = duplicates.load_seq
left join quarantined on files.load_seq = quarantined.load_seq
left join conflicts on files.load_seq = conflicts.load_seq
left join nobodys on files.load_seq = nobodys.load_seq
