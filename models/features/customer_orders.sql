-- Orders and refunds as they stood at each moment: an order counts until it is void.
{{ customer_orders(ref('spine_records')) }}
