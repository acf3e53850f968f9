-- Pairs that wait for a person: likely enough to ask, and not one customer already.
with waiting as (
    select *
    from {{ source('ml', 'identity_pairs') }}
    where
        match_probability >= {{ var('match_review_probability') }}
        and (
            match_probability < {{ var('match_link_probability') }}
            or is_contradicted
        )
)

select
    waiting.left_record_id,
    waiting.right_record_id,
    lefts.customer_id as left_customer_id,
    rights.customer_id as right_customer_id,
    waiting.match_probability,
    waiting.match_weight,
    waiting.agreements,
    waiting.is_contradicted,
    waiting.known_since_at,
    waiting.model_version
from waiting
inner join {{ ref('identity_map') }} as lefts
    on waiting.left_record_id = lefts.record_id
inner join {{ ref('identity_map') }} as rights
    on
        waiting.right_record_id = rights.record_id
        and lefts.customer_id != rights.customer_id
