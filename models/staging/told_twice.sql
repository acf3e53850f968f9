-- What stands back in the vocabulary, since a later source tells of the same thing.
{{ config(materialized='view') }}

with standing_back as (
    {{ standing_back() }}
)

select
    standing_back.source,
    standing_back.entity,
    standing_back.id,
    'other_source' as reason,
    files.path,
    standing_back.load_seq
from standing_back
inner join {{ ref('landed_files') }} as files
    on standing_back.load_seq = files.load_seq
