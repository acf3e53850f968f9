{{ config(materialized='view') }}

select * from {{ source('ledger', 'segment_supersessions') }}
