-- One column a prediction, as segments ask for them.
{% set names = [
    'purchase_7d_probability', 'purchase_90d_probability', 'churn_probability',
    'next_order_value_amount'
] %}

select
    customer_id,
    {% for name in names -%}
    max(predicted_value) filter (where prediction = '{{ name }}') as {{ name }}
    {{- "," if not loop.last }}
    {% endfor -%}
from {{ ref('sibling_predictions') }}
group by customer_id
