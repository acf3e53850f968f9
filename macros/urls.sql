-- The parts of an address. What a part does not have is null.

-- The host in lower case, without its port and without `www.`.
{% macro url_host(url) -%}
    nullif(regexp_extract(
        lower(trim({{ url }})),
        '^(?:(?:[a-z][a-z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(?:www[.])?'
        || '([^/?#:@.]+(?:[.][^/?#:@.]+)+)',
        1
    ), '')
{%- endmacro %}

-- The path, from its first slash on.
{% macro url_path(url) -%}
    nullif(regexp_extract(
        {{ url }}, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)', 1
    ), '')
{%- endmacro %}

-- What stands between the question mark and the fragment.
{% macro url_query(url) -%}
    nullif(regexp_extract({{ url }}, '^[^?#]*[?]([^#]*)', 1), '')
{%- endmacro %}

-- The value of one parameter of a query; `name` has letters, digits, `_` and `-` alone.
{% macro query_value(query, name) -%}
    nullif(url_decode(replace(
        regexp_extract({{ query }}, '(?:^|&){{ name }}=([^&]*)', 1), '+', ' '
    )), '')
{%- endmacro %}

{% macro query_parameter(url, name) -%}
    {{ query_value(url_query(url), name) }}
{%- endmacro %}

-- All parameters of a query, as a list of names and values in the order of the query.
{% macro query_parameters(query) -%}
    list_transform(
        list_filter(string_split({{ query }}, '&'), lambda part: part != ''),
        lambda part: {
            'name': split_part(part, '=', 1),
            'value': nullif(regexp_extract(part, '=(.*)$', 1), '')
        }
    )
{%- endmacro %}

-- The address without these parameters; without any left, the question mark goes too.
{% macro without_query_parameters(url, names) -%}
    case
        when contains({{ url }}, '?')
            then regexp_extract({{ url }}, '^[^?#]*')
                || coalesce('?' || nullif(array_to_string(list_filter(
                    string_split({{ url_query(url) }}, '&'),
                    lambda part: split_part(part, '=', 1)
                        not in ('{{ names | join("', '") }}')
                ), '&'), ''), '')
                || regexp_extract({{ url }}, '#.*$')
        else {{ url }}
    end
{%- endmacro %}
