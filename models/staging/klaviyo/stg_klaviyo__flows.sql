{{ config(enabled=is_read('klaviyo')) }}
-- The newest version of each flow.
{{ newest_synced(ref('base_klaviyo__flows'), 'flow_id') }}
