{{ config(materialized='view') }}

select * from {{ source('ops', 'run_history') }}
