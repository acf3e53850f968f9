-- Pairs that wait for a person: likely enough to ask, not one customer already, and not
-- answered with no.
select
    pairs.left_record_id,
    pairs.right_record_id,
    lefts.customer_id as left_customer_id,
    rights.customer_id as right_customer_id,
    pairs.match_probability,
    pairs.match_weight,
    pairs.agreements,
    pairs.is_contradicted,
    pairs.known_since_at,
    pairs.model_version
from {{ source('ml', 'identity_pairs') }} as pairs
inner join {{ ref('identity_map') }} as lefts
    on pairs.left_record_id = lefts.record_id
inner join {{ ref('identity_map') }} as rights
    on
        pairs.right_record_id = rights.record_id
        and lefts.customer_id != rights.customer_id
left join {{ ref('kept_apart') }} as answered
    on
        lefts.customer_id = answered.customer_id
        and rights.customer_id = answered.other_customer_id
where
    pairs.match_probability >= {{ var('match_review_probability') }}
    and answered.customer_id is null
