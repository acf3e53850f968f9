-- The columns stand in the contract, which is that of segment_inputs.
select * from {{ ref('segment_inputs') }}
