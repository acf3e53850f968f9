-- Every column of customers but those that are tagged pii. An id may be the hash of an
-- address: only with the salt can anybody find out whose.
select
    sha256(masking_salt() || customer_id) as masked_customer_id,
    is_identified,
    city,
    country_code,
    has_email_consent,
    has_sms_consent,
    is_email_reachable,
    is_sms_reachable,
    record_count,
    date_trunc('day', first_received_at) as first_received_at,
    lifecycle_stage,
    primary_segment,
    order_count,
    net_revenue_amount,
    revenue_currency,
    date_trunc('day', last_activity_at) as last_activity_at,
    date_trunc('day', last_order_at) as last_order_at,
    purchase_30d_probability,
    score_decile,
    cluster_name,
    as_of_at
from {{ ref('mart_customers') }}
