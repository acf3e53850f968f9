{{ config(enabled=is_read('klaviyo'), post_hook='{{ keep_mark() }}') }}
{{ named_things('klaviyo', 'metrics', 'metric_id', ['integration_name']) }}
