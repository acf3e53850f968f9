-- Moments. A timestamp with a zone says its moment; one without is read in the zone that
-- the source declares. All moments are UTC, without zone.
{% macro moment(column, source) -%}
    case
        when regexp_matches({{ column }}, ':\d\d(\.\d+)?\s*(Z|UTC|[+-]\d\d(:?\d\d)?)$')
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        else timezone('UTC', timezone(
            '{{ var("source_zones")[source] }}', try_cast({{ column }} as timestamp)
        ))
    end
{%- endmacro %}

{% macro epoch_moment(column) -%}
    timezone('UTC', to_timestamp(try_cast({{ column }} as double)))
{%- endmacro %}

-- The shop's zone makes dates, and its midnights.
{% macro shop_date(column) -%}
    cast(timezone('{{ var("shop_zone") }}', timezone('UTC', {{ column }})) as date)
{%- endmacro %}

{% macro shop_midnight(date_column) -%}
    timezone('UTC', timezone(
        '{{ var("shop_zone") }}', cast({{ date_column }} as timestamp)
    ))
{%- endmacro %}

-- Whole days or seconds between two moments.
{% macro whole_days(earlier, later) -%}
    cast(floor(epoch({{ later }} - {{ earlier }}) / 86400) as bigint)
{%- endmacro %}
