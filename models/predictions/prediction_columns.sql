-- One column a prediction, as segments ask for them.
select
    customer_id,
    max(predicted_value) filter (
        where prediction = 'purchase_7d_probability'
    ) as purchase_7d_probability,
    max(predicted_value) filter (
        where prediction = 'purchase_90d_probability'
    ) as purchase_90d_probability,
    max(predicted_value) filter (
        where prediction = 'churn_probability'
    ) as churn_probability,
    max(predicted_value) filter (
        where prediction = 'next_order_value_amount'
    ) as next_order_value_amount
from {{ ref('sibling_predictions') }}
group by customer_id
