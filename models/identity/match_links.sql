-- Pairs of records that the matching was sure of, linked as if they shared a value,
-- since the clock of the run that found them (warehouse/matches.py) and not before.
with matches as (
    select
        *,
        md5(
            'match|' || left_record_id || '|' || right_record_id
            || '|' || known_since_at
        ) as evidence_hash
    from {{ source('ml', 'identity_matches') }}
)

select
    left_record_id as record_id,
    'match' as rule,
    evidence_hash,
    known_since_at,
    retracted_at
from matches
union all
select
    right_record_id as record_id,
    'match' as rule,
    evidence_hash,
    known_since_at,
    retracted_at
from matches
