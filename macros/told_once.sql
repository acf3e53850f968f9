-- Several sources told in one vocabulary: what two of them tell of one thing of the shop
-- is told once, and the other stands back (DECISIONS.md says why the pack counts).

-- The places that tell a table, each with those before and after it that may tell of the
-- same things.
{% macro tellers(table) %}
    {%- set read = raw_contract() -%}
    {%- set is_told_once = table in known_by() or table in parts_of_orders() -%}
    {%- set places = [] -%}
    {%- for place in vocabulary()[table] if place[0] in read -%}
        {%- do places.append(place) -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for place in places -%}
        {%- set earlier = places[:loop.index0] if is_told_once else [] -%}
        {%- set later = places[loop.index:] if is_told_once else [] -%}
        {%- do found.append((place, earlier, later)) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

-- The staged table of a place.
{% macro staged_at(place) %}
    {%- do return(ref('stg_' ~ place[0] ~ '__' ~ place[1])) -%}
{% endmacro %}

-- Whether a place tells of what a column of `row` names.
{% macro is_known_at(place, column, row='told') -%}
    exists (
        select others.{{ column }} from {{ staged_at(place) }} as others
        where others.{{ column }} = {{ row }}.{{ column }}
    )
{%- endmacro %}

-- Whether a part of an order is of one that an earlier source alone tells, with parts of
-- its own. Where it has none, these are the only ones that there are.
{% macro is_of_an_earlier_order(place, earlier, row='told') -%}
    (
        not {{ is_known_at((place[0], 'orders'), 'order_id', row) }}
        and (
            {%- for other in earlier %}
            {{ "or " if not loop.first -}}
            {{ is_known_at((other[0], 'orders'), 'order_id', row) }}
            and {{ is_known_at(other, 'order_id', row) }}
            {%- endfor %}
        )
    )
{%- endmacro %}

-- Whether a later source has a part of an order that is named as the part `told` is, and
-- that does not itself stand back.
{% macro shares_its_id(table, place, later, of_one_order) -%}
    {%- set id = parts_of_orders()[table] -%}
    {%- for other, earlier, _ in tellers(table) if other in later -%}
        {{ " or " if not loop.first -}}
        exists (
            select late.{{ id }} from {{ staged_at(other) }} as late
            where
                late.{{ id }} = told.{{ id }}
                {{ "and coalesce(late.order_id = told.order_id, true)" if of_one_order }}
                and not {{ is_of_an_earlier_order(other, earlier, 'late') }}
        )
    {%- endfor -%}
{%- endmacro %}

-- Whether a row `told` of a place stands back, since another one tells of the same.
{% macro stands_back(table, place, earlier, later) %}
    {%- set whys = [] -%}
    {%- set is_part = table in parts_of_orders() -%}
    {%- for other in later -%}
        {%- do whys.append(
            is_known_at((other[0], 'orders'), 'order_id') if is_part
            else is_known_at(other, known_by()[table])
        ) -%}
    {%- endfor -%}
    {%- if is_part and earlier -%}
        {%- do whys.append(is_of_an_earlier_order(place, earlier)) -%}
    {%- endif -%}
    {%- if is_part and later -%}
        {%- do whys.append(shares_its_id(table, place, later, of_one_order=true)) -%}
    {%- endif -%}
    {%- do return('(' ~ whys | join(' or ') ~ ')' if whys else 'false') -%}
{% endmacro %}

-- A model of the one vocabulary: what all switched-on sources say, each in its own table.
-- What two of them say of one thing of the shop is told once (`told_twice` has the rest).
{% macro told_in_one_vocabulary() %}
    {%- set table = model.name -%}
    {%- set tables = [] -%}
    {%- for place, earlier, later in tellers(table) -%}
        {%- set columns = 'told.*' -%}
        {%- if table in parts_of_orders() and later -%}
            {#- What stands with the id of another thing has its source before it. -#}
            {%- set id = parts_of_orders()[table] -%}
            {%- set columns = 'told.* replace (case when '
                ~ shares_its_id(table, place, later, of_one_order=false)
                ~ " then '" ~ place[0] ~ ":' || told." ~ id
                ~ ' else told.' ~ id ~ ' end as ' ~ id ~ ')' -%}
        {%- endif -%}
        {%- set told = 'select ' ~ columns ~ ' from ' ~ staged_at(place) ~ ' as told' -%}
        {%- set back = stands_back(table, place, earlier, later) -%}
        {%- do tables.append(told ~ (' where not ' ~ back if back != 'false' else '')) -%}
    {%- endfor -%}
    {{ tables | join('\nunion all by name\n') }}
{%- endmacro %}

-- The records that stand back there; those of no file where one source alone is read.
{% macro standing_back() %}
    {%- set parts = [
        'select null::varchar as source, null::varchar as entity, null::varchar as id, '
        ~ 'null::bigint as load_seq where false'
    ] -%}
    {%- set ids = dict(known_by(), **parts_of_orders()) -%}
    {%- for table, id in ids.items() -%}
        {%- for place, earlier, later in tellers(table) if place | length == 2 -%}
            {%- set back = stands_back(table, place, earlier, later) -%}
            {%- if back != 'false' -%}
                {%- do parts.append(
                    "select '" ~ place[0] ~ "', '" ~ place[1] ~ "', told." ~ id
                    ~ ', told.load_seq from ' ~ staged_at(place) ~ ' as told where '
                    ~ back
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ parts | join('\nunion all\n') }}
{%- endmacro %}
