select
    counts.source,
    counts.entity,
    counts.path,
    counts.load_seq,
    files.size_bytes,
    files.content_sha256,
    counts.line_count,
    counts.accepted_count,
    counts.duplicate_count,
    counts.quarantined_count,
    counts.line_count
    = counts.accepted_count + counts.duplicate_count + counts.quarantined_count
        as is_reconciled,
    counts.conflict_count,
    counts.no_visitor_count,
    {{ list_without('files.columns', 'declared.declared_columns') }} as unknown_columns,
    {{ list_without('declared.declared_columns', 'files.columns') }} as missing_columns,
    moments.as_of_at
from {{ ref('file_reconciliation') }} as counts
inner join {{ ref('landed_files') }} as files on counts.path = files.path
left join {{ ref('declared_columns') }} as declared
    on counts.source = declared.source and counts.entity = declared.entity
cross join {{ ref('as_of') }} as moments
