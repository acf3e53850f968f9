-- What readers were told of customers whose 30 days are over, and what they then did.
-- As in the training set, a customer is the records of then, and the person is who we
-- know today; whom the history of identity no longer knows is not judged.
with said as (
    select
        told.as_of_at,
        told.model_version,
        told.customer_id,
        told.probability,
        told.score_decile
    from {{ ref('stg_ledger__scores_told') }} as told
    inner join {{ ref('as_of') }} as moments
        on told.as_of_at <= moments.as_of_at - interval 30 day
    where told.model_name = 'purchase_30d'
),

spine as (
    select distinct
        said.customer_id,
        said.as_of_at,
        identity.customer_id as customer_id_now
    from said
    inner join {{ ref('identity_history') }} as history
        on
            said.customer_id = history.customer_id
            and said.as_of_at >= history.valid_from
            and (history.valid_to is null or said.as_of_at < history.valid_to)
    inner join {{ ref('identity_map') }} as identity
        on history.record_id = identity.record_id
),

known as (
    select distinct
        customer_id,
        as_of_at
    from spine
),

buyers as (
    {{ buyers_within('spine', 30) }}
)

select
    said.as_of_at as scored_at,
    said.model_version,
    said.customer_id,
    said.probability,
    said.score_decile,
    buyers.customer_id is not null as purchased_within_30d
from said
inner join known
    on said.customer_id = known.customer_id and said.as_of_at = known.as_of_at
left join buyers
    on said.customer_id = buyers.customer_id and said.as_of_at = buyers.as_of_at
