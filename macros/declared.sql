-- Report every mistake in what people declare at once, before any model is built.
{% macro check_declared() %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set found = [segment_mistakes(), survivorship_mistakes()] | select | list %}
        {% if found %}
            {% do exceptions.raise_compiler_error(found | join('\n')) %}
        {% endif %}
    {% endif %}
{% endmacro %}
