{{ customer_orders(ref('exact_order_records'), with_hindsight=true) }}
