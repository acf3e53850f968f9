select
    counts.source,
    counts.entity,
    counts.path,
    counts.load_seq,
    counts.line_count,
    counts.accepted_count,
    counts.duplicate_count,
    counts.quarantined_count,
    counts.line_count
    = counts.accepted_count + counts.duplicate_count + counts.quarantined_count
        as is_reconciled,
    case when len(declared.declared_columns) > 0
        then list_filter(
            files.columns, lambda name: not list_contains(declared.declared_columns, name)
        )
        else []
    end as unknown_columns,
    case when len(declared.declared_columns) > 0
        then list_filter(
            declared.declared_columns, lambda name: not list_contains(files.columns, name)
        )
        else []
    end as missing_columns,
    moments.as_of_at
from {{ ref('file_reconciliation') }} as counts
inner join {{ ref('landed_files') }} as files on counts.path = files.path
left join {{ ref('declared_columns') }} as declared
    on counts.source = declared.source and counts.entity = declared.entity
cross join {{ ref('as_of') }} as moments
