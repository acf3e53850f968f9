select
    profiles.customer_id,
    profiles.is_identified,
    profiles.email,
    profiles.phone,
    profiles.first_name,
    profiles.last_name,
    profiles.birth_on,
    profiles.street,
    profiles.city,
    profiles.postcode,
    profiles.country_code,
    profiles.has_email_consent,
    profiles.has_sms_consent,
    profiles.is_email_reachable,
    profiles.is_sms_reachable,
    profiles.record_count,
    profiles.first_received_at,
    inputs.lifecycle_stage,
    primaries.segment_name as primary_segment,
    inputs.order_count,
    inputs.net_revenue_amount,
    cast('{{ var("reporting_currency") }}' as varchar) as revenue_currency,
    inputs.last_activity_at,
    inputs.last_order_at,
    inputs.purchase_30d_probability,
    inputs.score_decile,
    inputs.cluster_name,
    inputs.as_of_at
from {{ ref('golden_profiles') }} as profiles
inner join {{ ref('segment_inputs') }} as inputs
    on profiles.customer_id = inputs.customer_id
inner join {{ ref('primary_segments') }} as primaries
    on profiles.customer_id = primaries.customer_id
