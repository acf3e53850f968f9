{{ config(materialized='view') }}

select beliefs.*
from {{ ref('stg_ledger__segment_beliefs') }} as beliefs
where not exists (
    select 1
    from {{ ref('stg_ledger__segment_supersessions') }} as supersessions
    where supersessions.belief_id = beliefs.belief_id
)
