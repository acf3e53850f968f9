{{ config(materialized='view') }}

select * from {{ source('ledger', 'scores_told') }}
