-- Pairs of records that the matching is sure of, linked as if they shared a value.
-- What speaks against one person is for a person to judge, however sure the rest is.
with pairs as (
    select
        left_record_id,
        right_record_id,
        known_since_at,
        md5('match|' || left_record_id || '|' || right_record_id) as evidence_hash
    from {{ source('ml', 'identity_pairs') }}
    where
        match_probability >= {{ var('match_link_probability') }}
        and not is_contradicted
)

select
    left_record_id as record_id,
    'match' as rule,
    evidence_hash,
    known_since_at
from pairs
union all
select
    right_record_id as record_id,
    'match' as rule,
    evidence_hash,
    known_since_at
from pairs
