-- Which value survives in a profile, as survivorship.yml declares it.

-- What a profile consists of; each belongs to one group of survivorship.yml.
{% macro profile_attributes() %}
    {%- do return([
        'email', 'phone', 'first_name', 'last_name', 'birth_on', 'street', 'city',
        'postcode', 'country_code'
    ]) -%}
{% endmacro %}

{% macro survivorship() %}
    {#- The graph is known when models compile, not yet while the project is parsed. -#}
    {%- if execute -%}
        {%- set node = graph.nodes['model.tessera.profile_choices'] -%}
        {%- do return(node.config.meta.survivorship) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

-- Every mistake of survivorship.yml, one a line.
{% macro survivorship_mistakes() %}
    {% do return(run_query(
        'select check_survivorship(' ~ sql_text(tojson(survivorship())) ~ ', '
        ~ sql_text(tojson(profile_attributes())) ~ ')'
    ).columns[0][0]) %}
{% endmacro %}

-- A criterion is a column of scored claims, the more the better.
{% macro source_trust(group) -%}
    {%- set sources = group.get('source_trust', []) -%}
    case source
        {% for source in sources -%}
        when '{{ source }}' then {{ sources | length - loop.index0 }}
        {% endfor -%}
        else 0
    end
{%- endmacro %}

-- The best claim first. The last word has what never changes: record and value.
{% macro best_first(group) -%}
    {% for criterion in group.criteria -%} {{ criterion }} desc, {% endfor -%}
    record_id asc, claimed_text asc
{%- endmacro %}

-- The first criterion in which a claim is behind the one that survives.
{% macro lost_by(group, claims, winners) -%}
    case
        {% for criterion in group.criteria -%}
        when {{ claims }}.{{ criterion }} < {{ winners }}.{{ criterion }}
            then '{{ criterion }}'
        {% endfor -%}
        else 'tie_break'
    end
{%- endmacro %}

-- Two spellings of one value have one key; of a phone it is what follows any country's
-- code and any zero before.
{% macro value_key(attribute) -%}
    {%- if attribute == 'phone' -%}
    right(ltrim(regexp_replace({{ attribute }}, '[^0-9]', '', 'g'), '0'), 9)
    {%- elif attribute in ['email', 'birth_on'] -%}
    {{ attribute }}
    {%- else -%}
    regexp_replace(lower(strip_accents({{ attribute }})), '[^\p{L}0-9]', '', 'g')
    {%- endif -%}
{%- endmacro %}

-- All values of a group in one text; what is not told is empty.
{% macro in_one_text(group, spelt) -%}
    concat_ws(
        chr(31)
        {%- for attribute in group.attributes -%}
        , coalesce({{ value_key(attribute) if spelt == 'alike' else attribute }}, '')
        {%- endfor -%}
    )
{%- endmacro %}

-- So much of a value that who knows it will recognise it, and nobody else: how a loser is
-- shown beside the value that survived.
{% macro masked(attribute, value) -%}
    {%- if attribute == 'email' -%}
    left({{ value }}, 1) || '…' || coalesce(regexp_extract({{ value }}, '@.*$'), '')
    {%- elif attribute == 'phone' -%}
    '…' || right({{ value }}, 2)
    {%- elif attribute == 'birth_on' -%}
    left({{ value }}, 3) || '…'
    {%- else -%}
    left({{ value }}, 1) || '…'
    {%- endif -%}
{%- endmacro %}
