-- Survivorship: the source that is trusted most, then the newest claim.
with ranked as (
    select
        identity.customer_id,
        claims.*,
        case claims.source
            when 'shop' then 1 when 'crm' then 2 when 'esp' then 3 else 4
        end as trust_rank
    from {{ ref('attribute_claims') }} as claims
    inner join {{ ref('identity_map') }} as identity
        on claims.record_id = identity.record_id
),

ordered as (
    select
        *,
        row_number() over (
            partition by customer_id, attribute
            order by
                trust_rank asc, updated_at desc, record_id asc, attribute_value asc
        ) as place,
        min(trust_rank) over (partition by customer_id, attribute) as best_rank,
        count(*) over (partition by customer_id, attribute) as claim_count,
        count(*) over (partition by customer_id, attribute, trust_rank)
            as equal_trust_count
    from ranked
)

select
    customer_id,
    attribute,
    attribute_value,
    record_id,
    source,
    updated_at,
    case
        when claim_count = 1 then 'only claim'
        when equal_trust_count = 1 then 'source trust'
        else 'recency'
    end as rule,
    claim_count - 1 as losing_claim_count
from ordered
where place = 1
