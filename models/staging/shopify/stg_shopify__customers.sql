{{ config(enabled=is_read('shopify')) }}
-- The newest version of each account, with the city of its default address.
with newest as (
    {{ newest_synced(ref('base_shopify__customers'), 'record_id') }}
),

placed as (
    select
        newest.record_id,
        addresses.city,
        addresses.postcode,
        addresses.country_code,
        row_number() over (
            partition by newest.record_id
            order by
                case when newest.default_address_id = addresses.address_id then 0 end
                nulls last,
                addresses.address_id
        ) as place
    from newest
    inner join {{ ref('stg_shopify__customer_addresses') }} as addresses
        on
            newest.user_id = addresses.user_id
            and (
                newest.default_address_id = addresses.address_id or addresses.is_default
            )
)

select
    newest.record_id,
    newest.user_id,
    newest.email,
    newest.first_name,
    newest.last_name,
    newest.phone,
    cast(null as date) as birth_on,
    placed.city,
    placed.postcode,
    placed.country_code,
    newest.has_email_consent,
    cast(null as boolean) as has_sms_consent,
    newest.created_at,
    newest.updated_at,
    newest.path,
    newest.load_seq
from newest
left join placed on newest.record_id = placed.record_id and placed.place = 1
