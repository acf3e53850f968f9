-- The days of the shop on which something became known that the tables do not know yet:
-- new events, copies that count no more, and acts of a message that new news of the same
-- message, received before them, may turn into a machine's. At least one, as constants.
{% macro touched_days(mark) %}
    {%- if not execute -%}{%- do return(["date '1970-01-01'"]) -%}{%- endif -%}
    {%- set known = [days_of_messages(mark)] -%}
    {%- set told = vocabulary()['web_events'] + vocabulary()['esp_events'] -%}
    {%- for place in told if is_read(place | first) -%}
        {%- do known.append(days_of(place | first, place | last, mark)) -%}
    {%- endfor -%}
    {%- set found = run_query(
        "select distinct known_on from (" ~ known | join(" union all ")
        ~ ") where known_on is not null order by known_on"
    ).columns[0].values() -%}
    {%- set days = [] -%}
    {%- for day in found -%}{%- do days.append("date '" ~ day ~ "'") -%}{%- endfor -%}
    {%- do return(days or ["date '1970-01-01'"]) -%}
{% endmacro %}

-- On one of these days; said again as moments, so that older parts of the table are not
-- looked at. Without days: always.
{% macro became_known(day, moment, days) -%}
    {%- if days is none -%}
        true
    {%- else -%}
        {{ day }} in ({{ days | join(', ') }})
        and {{ moment }} >= {{ shop_midnight(days | first) }}
        and {{ moment }} < {{ shop_midnight(days | last ~ ' + 1') }}
    {%- endif -%}
{%- endmacro %}

{% macro days_of(source, entity, mark) -%}
    {%- set base = 'staging.base_' ~ source ~ '__' ~ entity -%}
    select {{ shop_date('received_at') }} as known_on
    from {{ base }} where load_seq > {{ mark }} and event_id is not null
    union all
    select {{ shop_date('received_at') }} as known_on
    from {{ base }} where duplicate_since_load_seq > {{ mark }}
{%- endmacro %}

{% macro days_of_messages(mark) -%}
    select {{ shop_date('acts.received_at') }} as known_on
    from staging.esp_events as acts
    inner join (
        select subscriber_id, message_id, min(received_at) as received_at
        from staging.esp_events
        where load_seq > {{ mark }} and message_id is not null
        group by subscriber_id, message_id
    ) as news
        on
            acts.subscriber_id = news.subscriber_id
            and acts.message_id = news.message_id
            and acts.received_at >= news.received_at
    where acts.load_seq <= {{ mark }}
{%- endmacro %}
