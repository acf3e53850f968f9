{{ config(enabled=is_read('klaviyo')) }}
{{ named_things('klaviyo', 'metrics', 'metric_id', ['integration_name']) }}
