-- What can land: each source's entities and the columns of those that come as CSV
-- (docs/raw-contract.md says what they mean).
{% macro raw_contract() %}
    {%- do return({
        'web': {'events': []},
        'shop': {
            'customers': [
                'id', 'email', 'first_name', 'last_name', 'phone', 'birth_date',
                'city', 'postcode', 'country_code', 'accepts_email', 'accepts_sms',
                'created_at', 'updated_at'
            ],
            'products': [
                'id', 'sku', 'title', 'category', 'price', 'currency', 'created_at',
                'updated_at'
            ],
            'orders': [
                'id', 'customer_id', 'email', 'client_id', 'currency',
                'subtotal_amount', 'discount_amount', 'tax_amount', 'total_amount',
                'financial_status', 'test', 'cancelled_at', 'created_at', 'updated_at'
            ],
            'order_lines': [
                'id', 'order_id', 'product_id', 'sku', 'title', 'quantity', 'price',
                'discount_amount'
            ],
            'refunds': [
                'id', 'order_id', 'customer_id', 'amount', 'currency', 'reason',
                'created_at'
            ]
        },
        'esp': {
            'events': [],
            'subscribers': [
                'email', 'first_name', 'last_name', 'phone', 'status',
                'email_consent', 'sms_consent', 'consent_updated_at', 'created_at',
                'updated_at'
            ]
        },
        'crm': {
            'contacts': [
                'contact_id', 'first_name', 'last_name', 'email', 'phone',
                'birth_date', 'street', 'city', 'postcode', 'country',
                'do_not_email', 'do_not_call', 'created_at', 'updated_at'
            ]
        }
    }) -%}
{% endmacro %}

-- The same as pairs (source, entity).
{% macro raw_entities() %}
    {%- set pairs = [] -%}
    {%- for source, entities in raw_contract().items() -%}
        {%- for entity in entities -%}
            {%- do pairs.append((source, entity)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(pairs) -%}
{% endmacro %}
