select
    credits.*,
    cast('{{ var("reporting_currency") }}' as varchar) as revenue_currency,
    moments.as_of_at
from {{ ref('order_credits') }} as credits
cross join {{ ref('as_of') }} as moments
