{{ config(enabled=is_read('klaviyo')) }}
-- The newest version of each metric.
{{ newest_synced(ref('base_klaviyo__metrics'), 'metric_id') }}
