{{ config(enabled=is_read('klaviyo'), post_hook='{{ keep_mark() }}') }}
{{ named_things('klaviyo', 'flows', 'flow_id', ['trigger_type']) }}
