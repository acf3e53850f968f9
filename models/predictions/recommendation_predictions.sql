-- Advice of another moment is none of now. The reason, as the customer may read it.
select
    advice.*,
    case advice.reason_kind
        when 'because_viewed' then 'because you viewed ' || reasons.product_name
        when 'because_carted'
            then 'because you put ' || reasons.product_name || ' into your cart'
        when 'because_bought' then 'because you bought ' || reasons.product_name
        when 'similar_to_taste' then 'close to what you like'
        when 'popular_now' then 'popular now'
    end as reason
from {{ source('ml', 'product_recommendations') }} as advice
inner join {{ ref('as_of') }} as moments on advice.as_of_at = moments.as_of_at
left join {{ ref('products_now') }} as reasons
    on advice.reason_product_id = reasons.product_id
