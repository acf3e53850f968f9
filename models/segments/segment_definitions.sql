-- depends_on: {{ ref('cluster_descriptions') }}
{% set rules = segments() | rejectattr('kind', 'equalto', 'cluster') | list %}
{% set clusters = segments() | selectattr('kind', 'equalto', 'cluster') | list %}

{% for segment in rules %}
{{ segment_definition(segment, sql_text(segment.name), sql_text(segment.label)) }}
{{ "union all" if not loop.last }}
{% endfor %}
{% for segment in clusters %}
union all
{{ segment_definition(segment, segment_name_of(segment), 'max(cluster_label)') }}
from {{ ref('cluster_descriptions') }}
group by cluster_name
{% endfor %}
