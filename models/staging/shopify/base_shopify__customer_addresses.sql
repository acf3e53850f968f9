{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'customer_addresses') }}
)

select
    id as address_id,
    customer_id as user_id,
    city,
    zip as postcode,
    country_code,
    coalesce(try_cast(is_default as boolean), false) as is_default,
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null or customer_id is null then 'missing_id'
        when {{ refused('is_default', 'try_cast(is_default as boolean)') }}
            then 'bad_flag'
        {{ or_mended('shopify', 'customer_addresses') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from landed
