-- What can land, and what it is for (docs/raw-contract.md says what the columns mean).

-- Each source's entities and their columns; none where a line is read as a whole.
{% macro all_sources() %}
    {#- The columns of each warehouse table of Segment and RudderStack. -#}
    {%- set of_all_calls = [
        'id', 'anonymous_id', 'user_id', 'timestamp', 'original_timestamp', 'sent_at',
        'received_at', 'context_page_url', 'context_page_path', 'context_page_referrer',
        'context_page_title', 'context_campaign_source', 'context_campaign_medium',
        'context_campaign_name', 'context_device_type', 'context_location_country',
        'context_user_agent'
    ] -%}
    {%- do return({
        'web': {'events': []},
        'shop': {
            'customers': [
                'id', 'email', 'first_name', 'last_name', 'phone', 'birth_date',
                'city', 'postcode', 'country_code', 'accepts_email', 'accepts_sms',
                'created_at', 'updated_at'
            ],
            'products': [
                'id', 'sku', 'title', 'category', 'price', 'currency', 'status',
                'stock_quantity', 'created_at', 'updated_at'
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
        },
        'identity': {
            'decisions': [
                'decision', 'left_type', 'left_value', 'right_type', 'right_value',
                'decided_at', 'decided_by', 'reason'
            ],
            'erasures': ['email', 'phone', 'user_id', 'requested_at']
        },
        'segment': {
            'tracks': of_all_calls + [
                'event', 'event_text', 'product_id', 'category', 'price', 'quantity',
                'currency', 'cart_id', 'order_id', 'total', 'revenue', 'products',
                'email'
            ],
            'pages': of_all_calls + ['url', 'path', 'referrer', 'title'],
            'screens': of_all_calls,
            'identifies': of_all_calls + [
                'email', 'phone', 'first_name', 'last_name'
            ]
        },
        'ga4': {
            'events': [
                'event_date', 'event_timestamp', 'event_name', 'event_params',
                'event_bundle_sequence_id', 'batch_event_index', 'batch_page_id',
                'batch_ordering_id', 'user_id', 'user_pseudo_id', 'user_properties',
                'device', 'geo', 'collected_traffic_source', 'ecommerce', 'items'
            ]
        },
        'snowplow': {
            'events': [
                'event_id', 'app_id', 'platform', 'event', 'event_name', 'event_vendor',
                'collector_tstamp', 'derived_tstamp', 'dvce_created_tstamp',
                'user_id', 'domain_userid', 'network_userid', 'page_url', 'page_title',
                'page_referrer', 'page_urlscheme', 'page_urlhost', 'page_urlpath',
                'page_urlquery', 'refr_urlhost', 'refr_urlpath', 'mkt_medium',
                'mkt_source', 'mkt_term', 'mkt_content', 'mkt_campaign', 'useragent',
                'dvce_type', 'geo_country', 'se_category', 'se_action', 'se_label',
                'se_property', 'se_value', 'tr_orderid', 'tr_total', 'tr_currency',
                'ti_orderid', 'ti_sku', 'ti_name', 'ti_category', 'ti_price',
                'ti_quantity', 'unstruct_event', 'contexts_web_page',
                'contexts_ecommerce_user', 'contexts_ecommerce_product',
                'contexts_ecommerce_cart', 'contexts_ecommerce_transaction',
                'unstruct_event_ecommerce_action', 'unstruct_event_add_to_cart',
                'unstruct_event_remove_from_cart'
            ]
        },
        'shopify': {
            'customers': [
                'id', 'email', 'first_name', 'last_name', 'phone', 'default_address_id',
                'accepts_marketing', 'email_marketing_consent_state', 'created_at',
                'updated_at', '_fivetran_synced'
            ],
            'customer_addresses': [
                'id', 'customer_id', 'city', 'zip', 'country_code', 'is_default',
                '_fivetran_synced'
            ],
            'products': [
                'id', 'title', 'product_type', 'status', 'updated_at',
                '_fivetran_deleted', '_fivetran_synced'
            ],
            'product_variants': [
                'id', 'product_id', 'sku', 'price', 'position',
                'available_for_sale', 'updated_at', '_fivetran_synced'
            ],
            'orders': [
                'id', 'customer_id', 'email', 'currency', 'total_price',
                'total_discounts', 'taxes_included', 'financial_status', 'test',
                'cancelled_at', 'processed_at', 'created_at', 'updated_at',
                '_fivetran_deleted', '_fivetran_synced'
            ],
            'order_lines': [
                'id', 'order_id', 'product_id', 'title', 'quantity', 'price',
                'price_set', 'original_total_set_shop_amount', 'total_discount',
                '_fivetran_synced'
            ],
            'refunds': [
                'id', 'order_id', 'note', 'processed_at', 'created_at',
                '_fivetran_synced'
            ],
            'order_line_refunds': [
                'id', 'refund_id', 'subtotal', 'total_tax', '_fivetran_synced'
            ],
            'order_adjustments': [
                'id', 'refund_id', 'amount', 'tax_amount', '_fivetran_synced'
            ],
            'transactions': [
                'id', 'refund_id', 'kind', 'status', 'test', 'amount', 'currency',
                '_fivetran_synced'
            ]
        },
        'klaviyo': {
            'events': [
                'id', 'person_id', 'campaign_id', 'flow_id', 'flow_message_id',
                'metric_id', 'type', 'timestamp', 'datetime', 'property_url',
                'property_bounce_type', 'property_client_name',
                'property_apple_privacy_open', 'property_machine_open',
                '_fivetran_deleted', '_fivetran_synced'
            ],
            'persons': [
                'id', 'email', 'first_name', 'last_name', 'phone_number',
                'custom_consent', 'custom_accepts_marketing', 'created', 'updated',
                '_fivetran_deleted', '_fivetran_synced'
            ],
            'metrics': [
                'id', 'name', 'integration_name', 'created', 'updated',
                '_fivetran_synced'
            ],
            'campaigns': [
                'id', 'name', 'subject', 'created', 'updated', '_fivetran_synced'
            ],
            'flows': [
                'id', 'name', 'trigger_type', 'created', 'updated', '_fivetran_synced'
            ]
        }
    }) -%}
{% endmacro %}

-- Other names that exports are known to give a column; the var `column_aliases` adds some,
-- by entity and column.
{% macro other_names() %}
    {%- set snowplow = 'contexts_com_snowplowanalytics_snowplow_' -%}
    {%- set shop = snowplow ~ 'ecommerce_' -%}
    {%- set action = 'unstruct_event_com_snowplowanalytics_snowplow_ecommerce_'
        ~ 'snowplow_ecommerce_action_' -%}
    {%- do return({
        'shop/customers': {
            'id': ['customer_id'],
            'email': ['email_address'],
            'phone': ['phone_number'],
            'postcode': ['zip', 'postal_code']
        },
        'shop/orders': {'id': ['order_id'], 'email': ['email_address']},
        'shop/products': {'id': ['product_id']},
        'shop/order_lines': {'id': ['order_line_id']},
        'shop/refunds': {'id': ['refund_id']},
        'esp/subscribers': {
            'email': ['email_address'],
            'phone': ['phone_number']
        },
        'crm/contacts': {
            'contact_id': ['id'],
            'email': ['email_address'],
            'phone': ['phone_number'],
            'postcode': ['zip', 'postal_code']
        },
        'snowplow/events': {
            'contexts_web_page': [snowplow ~ 'web_page_1', snowplow ~ 'web_page_1_0_0'],
            'contexts_ecommerce_user': [shop ~ 'user_1', shop ~ 'user_1_0_0'],
            'contexts_ecommerce_product': [shop ~ 'product_1', shop ~ 'product_1_0_0'],
            'contexts_ecommerce_cart': [shop ~ 'cart_1', shop ~ 'cart_1_0_0'],
            'contexts_ecommerce_transaction': [
                shop ~ 'transaction_1', shop ~ 'transaction_1_0_0'
            ],
            'unstruct_event_ecommerce_action': [action ~ '1', action ~ '1_0_0'],
            'unstruct_event_add_to_cart': [
                'unstruct_event_com_snowplowanalytics_snowplow_add_to_cart_1',
                'unstruct_event_com_snowplowanalytics_snowplow_add_to_cart_1_0_0'
            ],
            'unstruct_event_remove_from_cart': [
                'unstruct_event_com_snowplowanalytics_snowplow_remove_from_cart_1',
                'unstruct_event_com_snowplowanalytics_snowplow_remove_from_cart_1_0_0'
            ]
        },
        'shopify/orders': {
            'currency': ['currency_code'],
            'total_price': ['total_price_set_shop_amount'],
            'total_discounts': ['total_discounts_set_shop_amount'],
            'financial_status': ['display_financial_status']
        },
        'shopify/order_lines': {'total_discount': ['total_discount_set_shop_amount']},
        'shopify/order_line_refunds': {
            'subtotal': ['subtotal_set_shop_amount'],
            'total_tax': ['total_tax_set_shop_amount']
        },
        'shopify/order_adjustments': {
            'amount': ['amount_set_shop_amount'],
            'tax_amount': ['tax_amount_set_shop_amount']
        },
        'shopify/transactions': {
            'amount': ['amount_set_shop_amount'],
            'currency': ['amount_set_shop_currency_code']
        },
        'klaviyo/events': {
            'property_url': ['propertyurl'],
            'property_bounce_type': ['propertybouncetype'],
            'property_client_name': ['propertyclientname'],
            'property_apple_privacy_open': ['propertyappleprivacyopen'],
            'property_machine_open': ['propertymachineopen']
        }
    }) -%}
{% endmacro %}

-- The columns of which a row says nothing without one: where a file lacks one, no row of it
-- can be used. Of a list, one is enough.
{% macro key_columns() %}
    {%- do return({
        'shop/customers': ['id', 'created_at'],
        'shop/products': ['id'],
        'shop/orders': ['id', 'created_at', 'total_amount', 'currency'],
        'shop/order_lines': ['id', 'order_id'],
        'shop/refunds': ['id', 'order_id', 'amount', 'created_at'],
        'esp/subscribers': ['email', 'created_at'],
        'crm/contacts': ['contact_id', 'created_at'],
        'identity/decisions': [
            'decision', 'left_type', 'left_value', 'right_type', 'right_value',
            'decided_at'
        ],
        'identity/erasures': [['email', 'phone', 'user_id']],
        'segment/tracks': [['timestamp', 'original_timestamp']],
        'segment/pages': [['timestamp', 'original_timestamp']],
        'segment/screens': [['timestamp', 'original_timestamp']],
        'segment/identifies': [['timestamp', 'original_timestamp']],
        'ga4/events': ['event_timestamp', 'event_name'],
        'snowplow/events': ['collector_tstamp'],
        'shopify/customers': ['id', 'created_at'],
        'shopify/customer_addresses': ['id', 'customer_id'],
        'shopify/products': ['id'],
        'shopify/product_variants': ['id', 'product_id'],
        'shopify/orders': ['id', 'total_price', 'currency'],
        'shopify/order_lines': [
            'id', 'order_id', 'quantity',
            ['price', 'price_set', 'original_total_set_shop_amount']
        ],
        'shopify/refunds': ['id'],
        'shopify/order_line_refunds': ['id', 'refund_id', 'subtotal'],
        'shopify/order_adjustments': ['id', 'refund_id', 'amount'],
        'shopify/transactions': ['id', 'amount'],
        'klaviyo/events': ['id', 'person_id', 'type'],
        'klaviyo/persons': ['id', 'created'],
        'klaviyo/metrics': ['id'],
        'klaviyo/campaigns': ['id'],
        'klaviyo/flows': ['id']
    }) -%}
{% endmacro %}

-- Streams declare no columns. These of their keys are missed where they are gone, by the
-- column of the base model that has their values.
{% macro stream_columns() %}
    {%- do return({
        'web/events': {
            'messageId': 'message_id',
            'anonymousId': 'anonymous_id',
            'userId': 'user_id',
            'context.page.url': 'page_url',
            'context.page.referrer': 'page_referrer',
            'context.campaign.source': 'campaign_source',
            'context.userAgent': 'user_agent',
            'properties.product_id': 'product_id',
            'properties.price': 'price',
            'properties.order_id': 'order_id',
            'properties.total': 'total_amount'
        },
        'esp/events': {
            'sg_event_id': 'source_event_id',
            'sg_message_id': 'message_id',
            'campaign_id': 'campaign_id',
            'url': 'link_url',
            'useragent': 'user_agent'
        }
    }) -%}
{% endmacro %}

-- The same as lists of columns of which one is enough, for an entity.
{% macro keys_of(source, entity) %}
    {%- set keys = [] -%}
    {%- for key in key_columns().get(source ~ '/' ~ entity, []) -%}
        {%- do keys.append([key] if key is string else key) -%}
    {%- endfor -%}
    {%- do return(keys) -%}
{% endmacro %}

-- The columns that tell whose a row is, by what they hold: `user_id` (the shop's customer
-- id), `device`, `email`, `phone`, `contact` (of the CRM), `person` (of Klaviyo), `order`,
-- `refund` and `record`; what is none of these is the column that says it. A path leads into
-- what is nested. Erasure removes rows by them.
{% macro person_columns() %}
    {%- set devices = {'device': ['anonymous_id'], 'user_id': ['user_id']} -%}
    {%- set refunds = {'refund': ['refund_id']} -%}
    {%- do return({
        'web/events': {
            'device': ['anonymousId'],
            'user_id': ['userId'],
            'email': ['traits.email'],
            'phone': ['traits.phone'],
            'order': ['properties.order_id']
        },
        'shop/customers': {'user_id': ['id'], 'email': ['email'], 'phone': ['phone']},
        'shop/products': {},
        'shop/orders': {
            'order': ['id'],
            'user_id': ['customer_id'],
            'email': ['email'],
            'device': ['client_id']
        },
        'shop/order_lines': {'order': ['order_id']},
        'shop/refunds': {
            'refund': ['id'], 'order': ['order_id'], 'user_id': ['customer_id']
        },
        'esp/events': {'email': ['email']},
        'esp/subscribers': {'email': ['email'], 'phone': ['phone']},
        'crm/contacts': {
            'contact': ['contact_id'], 'email': ['email'], 'phone': ['phone']
        },
        'identity/decisions': {
            'left_type': ['left_value'], 'right_type': ['right_value']
        },
        'identity/erasures': {
            'email': ['email'], 'phone': ['phone'], 'user_id': ['user_id']
        },
        'segment/tracks': dict(devices, email=['email'], order=['order_id']),
        'segment/pages': devices,
        'segment/screens': devices,
        'segment/identifies': dict(devices, email=['email'], phone=['phone']),
        'ga4/events': {
            'device': ['user_pseudo_id'],
            'user_id': ['user_id'],
            'order': ['ecommerce.transaction_id']
        },
        'snowplow/events': {
            'device': ['domain_userid', 'network_userid'],
            'user_id': ['user_id', 'contexts_ecommerce_user.id'],
            'email': ['contexts_ecommerce_user.email'],
            'order': [
                'tr_orderid', 'ti_orderid',
                'contexts_ecommerce_transaction.transaction_id'
            ]
        },
        'shopify/customers': {'user_id': ['id'], 'email': ['email'], 'phone': ['phone']},
        'shopify/customer_addresses': {'user_id': ['customer_id']},
        'shopify/products': {},
        'shopify/product_variants': {},
        'shopify/orders': {
            'order': ['id'], 'user_id': ['customer_id'], 'email': ['email']
        },
        'shopify/order_lines': {'order': ['order_id']},
        'shopify/refunds': {'refund': ['id'], 'order': ['order_id']},
        'shopify/order_line_refunds': refunds,
        'shopify/order_adjustments': refunds,
        'shopify/transactions': refunds,
        'klaviyo/events': {'person': ['person_id']},
        'klaviyo/persons': {
            'person': ['id'], 'email': ['email'], 'phone': ['phone_number']
        },
        'klaviyo/metrics': {},
        'klaviyo/campaigns': {},
        'klaviyo/flows': {}
    }) -%}
{% endmacro %}

-- The names that each column of an entity may have in a file, its own first.
{% macro names_of(source, entity) %}
    {%- set place = source ~ '/' ~ entity -%}
    {%- set columns = all_sources()[source][entity] -%}
    {%- set given = aliases_given().get(place, {}) -%}
    {%- set known = other_names().get(place, {}) -%}
    {%- for column in given if column not in columns -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_project.yml: the var `column_aliases` names `' ~ column ~ '`, which '
            ~ place ~ ' does not declare. Declared: ' ~ columns | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- set names = {} -%}
    {%- for column in columns -%}
        {%- set all = [column] + given.get(column, []) + known.get(column, []) -%}
        {%- do names.update({column: all | map('lower') | unique | list}) -%}
    {%- endfor -%}
    {%- do return(names) -%}
{% endmacro %}

-- The entities that there are, as vars name them.
{% macro all_places() %}
    {%- set places = [] -%}
    {%- for source, entities in all_sources().items() -%}
        {%- for entity in entities -%}
            {%- do places.append(source ~ '/' ~ entity) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(places) -%}
{% endmacro %}

-- The var `column_aliases`, by the entities that there are.
{% macro aliases_given() %}
    {%- set places = all_places() -%}
    {%- for place in var('column_aliases') if place not in places -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_project.yml: the var `column_aliases` names `' ~ place ~ '`, which is no '
            ~ 'entity. Known: ' ~ places | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- do return(var('column_aliases')) -%}
{% endmacro %}

-- The var `attached`, by the entities that are read: where the table of each is. What it
-- says of a table is judged by warehouse/attaching.py.
{% macro attached_given() %}
    {%- set places = all_places() -%}
    {%- set read = raw_contract() -%}
    {%- set given = var('attached') -%}
    {#- A file of settings can give a text alone. -#}
    {%- set given = fromyaml(given) if given is string else given -%}
    {%- for place in given if place not in places -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_project.yml: the var `attached` names `' ~ place ~ '`, which is no '
            ~ 'entity. Known: ' ~ places | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- for place in given if place.split('/')[0] not in read -%}
        {%- for pack, sources in packs().items() if place.split('/')[0] in sources -%}
            {%- do exceptions.raise_compiler_error(
                'dbt_project.yml: the var `attached` names `' ~ place ~ '`, which is not '
                ~ 'read: the var `sources` does not switch on the pack `' ~ pack ~ '`.'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(given) -%}
{% endmacro %}

-- The packs that the var `sources` can name, and the sources that each of them reads. The
-- house's own sources, which say things as the raw contract does, are always read.
{% macro packs() %}
    {%- do return({
        'segment': ['web', 'segment'],
        'shopify': ['shop', 'shopify'],
        'sendgrid': ['esp'],
        'klaviyo': ['klaviyo'],
        'crm': ['crm'],
        'identity': ['identity'],
        'ga4': ['ga4'],
        'snowplow': ['snowplow']
    }) -%}
{% endmacro %}

-- Who tells what: the staged tables that a table of one vocabulary is the union of, and
-- the raw entity where it has another name.
{% macro vocabulary() %}
    {%- do return({
        'web_events': [
            ('web', 'events'), ('segment', 'tracks'), ('segment', 'pages'),
            ('segment', 'screens'), ('segment', 'identifies'), ('ga4', 'events'),
            ('snowplow', 'events')
        ],
        'esp_events': [('esp', 'events'), ('klaviyo', 'email_events', 'events')],
        'esp_subscribers': [('esp', 'subscribers'), ('klaviyo', 'persons')],
        'shop_customers': [('shop', 'customers'), ('shopify', 'customers')],
        'shop_products': [('shop', 'products'), ('shopify', 'products')],
        'shop_product_versions': [
            ('shop', 'product_versions', 'products'),
            ('shopify', 'product_versions', 'product_variants')
        ],
        'shop_orders': [('shop', 'orders'), ('shopify', 'orders')],
        'shop_order_lines': [('shop', 'order_lines'), ('shopify', 'order_lines')],
        'shop_refunds': [('shop', 'refunds'), ('shopify', 'refunds')]
    }) -%}
{% endmacro %}

-- The sources that are read: the house's own, and those of the packs that are switched on.
{% macro raw_contract() %}
    {%- set known = packs() -%}
    {%- set read = ['web', 'shop', 'esp', 'crm', 'identity'] -%}
    {%- set wanted = var('sources') -%}
    {#- A file of settings can give a text alone. -#}
    {%- set wanted = fromyaml(wanted) if wanted is string else wanted -%}
    {%- for pack in wanted -%}
        {%- if pack not in known -%}
            {%- do exceptions.raise_compiler_error(
                'dbt_project.yml: the var `sources` names `' ~ pack ~ '`, which is no pack. '
                ~ 'Known: ' ~ known | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- do read.extend(known[pack]) -%}
    {%- endfor -%}
    {%- set contract = {} -%}
    {%- for source, entities in all_sources().items() if source in read -%}
        {%- do contract.update({source: entities}) -%}
    {%- endfor -%}
    {%- do return(contract) -%}
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

-- Those of them whose columns are declared.
{% macro entities_with_columns() %}
    {%- set pairs = [] -%}
    {%- for source, entity in raw_entities() if raw_contract()[source][entity] -%}
        {%- do pairs.append((source, entity)) -%}
    {%- endfor -%}
    {%- do return(pairs) -%}
{% endmacro %}

-- Whether a source's models take part in the runs.
{% macro is_read(source) %}
    {%- do return(source in raw_contract()) -%}
{% endmacro %}

-- By which column a thing of the shop is known that two sources tell.
{% macro known_by() %}
    {%- do return({
        'shop_customers': 'record_id',
        'shop_products': 'product_id',
        'shop_product_versions': 'product_id',
        'shop_orders': 'order_id'
    }) -%}
{% endmacro %}

-- What goes with its order, since lines of both sources would be twice the order; and the
-- id that each source numbers it by, which may be that of something else in the other.
{% macro parts_of_orders() %}
    {%- do return({'shop_order_lines': 'order_line_id', 'shop_refunds': 'refund_id'}) -%}
{% endmacro %}
