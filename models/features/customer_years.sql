select
    {% for kind in ['active', 'order'] -%}
    {% for month in range(1, 13) -%}
    {% set days = kind ~ '_days_month_' ~ month ~ '_count' -%}
    coalesce(months.{{ days }}, 0) as {{ days }},
    {% endfor -%}
    {% endfor -%}
    features.*
from {{ ref('customers_now') }} as features
left join {{ ref('customer_months') }} as months
    on features.customer_id = months.customer_id
