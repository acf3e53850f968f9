{{ config(enabled=is_read('klaviyo'), post_hook='{{ keep_mark() }}') }}
{{ named_things('klaviyo', 'campaigns', 'campaign_id', ['subject']) }}
