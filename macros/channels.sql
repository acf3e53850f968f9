-- The default channel group of Google Analytics 4 for visits that were tagged by hand
-- (support.google.com/analytics/answer/9756891). The first rule that holds decides; case
-- does not matter. `category` is the source's in `source_categories`, or null.
{% macro default_channel_group(source, medium, campaign, category) -%}
    {%- set source = "lower(" ~ source ~ ")" -%}
    {%- set medium = "lower(" ~ medium ~ ")" -%}
    {%- set campaign = "lower(" ~ campaign ~ ")" -%}
    {%- set is_paid = "regexp_matches(" ~ medium
        ~ ", '^(.*cp.*|ppc|retargeting|paid.*)$')" -%}
    {%- set is_shop = "(" ~ category ~ " = 'shopping' or regexp_matches(" ~ campaign
        ~ ", '([^a-df-z]|^)shop|shopping'))" -%}
    {%- set emails = "('email', 'e-mail', 'e_mail', 'e mail')" -%}
    case
        when
            {{ source }} = '(direct)'
            and coalesce({{ medium }}, '(not set)') in ('(not set)', '(none)')
            then 'Direct'
        when contains({{ campaign }}, 'cross-network') then 'Cross-network'
        when {{ is_shop }} and {{ is_paid }} then 'Paid Shopping'
        {% for kind in ['search', 'social', 'video'] -%}
        when {{ category }} = '{{ kind }}' and {{ is_paid }}
            then 'Paid {{ kind | capitalize }}'
        {% endfor -%}
        when
            {{ medium }} in ('display', 'banner', 'expandable', 'interstitial', 'cpm')
            then 'Display'
        when {{ is_paid }} then 'Paid Other'
        when {{ is_shop }} then 'Organic Shopping'
        when
            {{ category }} = 'social'
            or {{ medium }} in (
                'social', 'social-network', 'social-media', 'sm', 'social network',
                'social media'
            ) then 'Organic Social'
        when {{ category }} = 'video' or contains({{ medium }}, 'video')
            then 'Organic Video'
        when {{ category }} = 'search' or {{ medium }} = 'organic'
            then 'Organic Search'
        when {{ medium }} in ('referral', 'app', 'link') then 'Referral'
        when {{ source }} in {{ emails }} or {{ medium }} in {{ emails }} then 'Email'
        when {{ medium }} in ('affiliate', 'affiliates') then 'Affiliates'
        when {{ medium }} = 'audio' then 'Audio'
        when {{ source }} = 'sms' or {{ medium }} = 'sms' then 'SMS'
        when
            ends_with({{ medium }}, 'push')
            or contains({{ medium }}, 'mobile')
            or contains({{ medium }}, 'notification')
            or {{ source }} = 'firebase' then 'Mobile Push Notifications'
        else 'Unassigned'
    end
{%- endmacro %}
