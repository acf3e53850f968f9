{{ config(materialized='view') }}

select * from {{ source('ledger', 'last_versions') }}
