{{ config(enabled=is_read('klaviyo')) }}
{{ named_things('klaviyo', 'campaigns', 'campaign_id', ['subject']) }}
