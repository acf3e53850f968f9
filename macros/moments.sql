-- Moments. A timestamp with a zone says its moment; one without is read in the zone that
-- the source declares. All moments are UTC, without zone. What looks otherwise, names a
-- zone in words or lies before 1970 or after 2999 is none: no word of it is guessed. The
-- commonest spelling is tried first, since it costs least.
{% macro moment(column, source) -%}
    {%- set day = '^(19[7-9][0-9]|2[0-9]{3})-[0-9]{2}-[0-9]{2}' -%}
    {%- set clock = '[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?' -%}
    {%- set zone = '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$' -%}
    coalesce(case
        when
            strlen({{ column }}) = 24
            and {{ column }} >= '1970' and {{ column }} < '3000'
            then try_strptime({{ column }}, '%Y-%m-%dT%H:%M:%S.%gZ')
    end, case
        when regexp_matches({{ column }}, '{{ day ~ clock ~ zone }}')
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        when regexp_matches({{ column }}, '{{ day }}({{ clock }})?$')
            then timezone('UTC', timezone(
                '{{ var("source_zones").get(source, "UTC") }}', try_cast({{ column }} as timestamp)
            ))
        when regexp_matches({{ column }}, '{{ day ~ clock }} ?UTC$')
            then timezone('UTC', try_cast(
                regexp_replace({{ column }}, ' ?UTC$', 'Z') as timestamptz
            ))
        when regexp_matches({{ column }}, '{{ day ~ clock }} {{ zone }}')
            then timezone('UTC', try_cast(
                regexp_replace({{ column }}, ' {{ zone }}', '\1') as timestamptz
            ))
    end)
{%- endmacro %}

-- Seconds since 1970, up to the year 2999.
{% macro epoch_moment(column) -%}
    case
        when try_cast({{ column }} as double) between 0 and 32503679999
            then timezone('UTC', to_timestamp(try_cast({{ column }} as double)))
    end
{%- endmacro %}

-- Microseconds since 1970, up to the year 2999.
{% macro epoch_micros(column) -%}
    case
        when try_cast({{ column }} as bigint) between 0 and 32503679999999999
            then make_timestamp(try_cast({{ column }} as bigint))
    end
{%- endmacro %}

-- It occurred after it was received, or was received long after the file had landed
-- (which would put the clock of the whole run into the future). The event and the moment its
-- file landed decide; no run changes that verdict.
{% macro has_wrong_clock(occurred_at, stamped_at) -%}
    (
        epoch_us({{ occurred_at }}) - epoch_us(coalesce({{ stamped_at }}, landed_at))
        > {{ (var('clock_tolerance_minutes') * 60000000) | int }}
        or epoch_us({{ stamped_at }}) - epoch_us(landed_at) > 86400000000
    )
{%- endmacro %}

-- Whether a run may know what is known since a moment: all, unless its clock is set back
-- (`--as-of`) before something that has arrived. What has no moment was always known.
{% macro is_known_by_clock(moment) -%}
    coalesce({{ moment }} <= (
        select case when not clock.is_newest then clock.as_of_at end
        from {{ ref('as_of') }} as clock
    ), true)
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
