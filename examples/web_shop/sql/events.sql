-- One call of the Segment spec per usable input row, in the order it is written.
select
    json_merge_patch('{}', to_json(struct_pack(
        "type" := case kind
            when 'email_filled_on_popup' then 'identify'
            when 'page_viewed' then if(product_handle is null, 'page', 'track')
            else 'track'
        end,
        "anonymousId" := client_id,
        event := case kind
            when 'page_viewed' then if(product_handle is null, null, 'Product Viewed')
            when 'product_added_to_cart' then 'Product Added'
            when 'checkout_started' then 'Checkout Started'
            when 'checkout_completed' then 'Order Completed'
        end,
        "timestamp" := strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%fZ'),
        context := struct_pack(
            page := struct_pack(
                url := page_url,
                path := nullif(
                    regexp_extract(page_url, '^[a-zA-Z]+://[^/?#]+([^?#]*)', 1), ''
                ),
                referrer := referrer
            ),
            campaign := struct_pack(
                source := url_parameter(page_url, 'utm_source'),
                medium := url_parameter(page_url, 'utm_medium'),
                name := coalesce(
                    url_parameter(page_url, 'utm_campaign'),
                    url_parameter(page_url, 'campaign_id')
                ),
                content := url_parameter(page_url, 'utm_content'),
                term := url_parameter(page_url, 'utm_term')
            ),
            "userAgent" := user_agent
        ),
        properties := case
            when kind in ('page_viewed', 'product_added_to_cart')
                then to_json(struct_pack(product_id := product_handle))
            when kind = 'checkout_completed' then to_json(struct_pack(
                order_id := order_id,
                revenue := revenue,
                total := revenue,
                currency := if(revenue is null, null, currency),
                products := products
            ))
        end,
        traits := if(email is null, null, struct_pack(email := email))
    )))::varchar as call
from facets
where output = $output
order by occurred_at, call
