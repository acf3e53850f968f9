{{ config(enabled=is_read('klaviyo')) }}
-- The newest version of each person.
with newest as (
    {{ newest_synced(ref('base_klaviyo__persons'), 'record_id') }}
)

select
    * exclude (is_deleted, version_at),
    case
        when is_deleted then 'cleaned'
        when has_email_consent then 'subscribed'
        when not has_email_consent then 'unsubscribed'
    end as status,
    cast(null as timestamp) as consent_updated_at
from newest
