{{ config(enabled=is_read('klaviyo')) }}
-- The newest version of each campaign.
{{ newest_synced(ref('base_klaviyo__campaigns'), 'campaign_id') }}
