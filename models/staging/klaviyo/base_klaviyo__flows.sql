{{ config(enabled=is_read('klaviyo')) }}
{{ named_things('klaviyo', 'flows', 'flow_id', ['trigger_type']) }}
