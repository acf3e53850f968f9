"""Clusters are worth a segment each: none holds nearly all, and they differ."""

from expectations.engine.gate import Severity
from expectations.engine.profiles import Bounds
from expectations.engine.rules import Rule, WithinBounds
from expectations.parts.models import MODELS, card, untrained

CLUSTERS = "ml.customer_clusters"


def largest_cluster(bounds: Bounds) -> Rule:
    """Where nearly all are in one, the others are but its outliers."""
    return WithinBounds(
        entry="largest_cluster_share",
        expects="The largest cluster leaves room for others",
        table=CLUSTERS,
        measures=f"""
            select null as item, {bounds.sql()},
                max(customer_count) / sum(customer_count) as observed, null as reason
            from (
                select count(*) as customer_count from {CLUSTERS}
                where as_of_at = (select as_of_at from staging.as_of)
                group by cluster_id
            )
        """,
        unit="share",
        severity="warn",
        unless=untrained("clusters", CLUSTERS),
        remedy="One heap and a few outliers: look at the elbow and the features",
    )


def silhouette(entry: str, expects: str, bounds: Bounds, severity: Severity) -> Rule:
    """1 is far apart, 0 is no border at all, below it customers are in the wrong one.

    Poor clusters are told of, since the segments that are made of them say little. At
    the floor nobody should be written to because of one.
    """
    return WithinBounds(
        entry=entry,
        expects=expects,
        table=MODELS,
        measures=f"""
            with {card("clusters")},
            found as (
                select count(distinct cluster_name) as cluster_count,
                    list_sort(list(distinct '`cluster_' || cluster_name || '`'))
                        as segments
                from {CLUSTERS}
                where as_of_at = (select as_of_at from staging.as_of)
            )
            select null as item, {bounds.sql()},
                (metrics ->> '$.metrics.silhouette')::double as observed,
                case when observed is null then 'the card does not tell' end as reason,
                'The ' || cluster_count || ' clusters hardly differ: their silhouette '
                    || 'is ' || printf('%.2f', observed) || ', expected is at least '
                    || printf('%.2f', minimum) || '. The segments made of them are not '
                    || 'valid: ' || array_to_string(segments, ', ') as told
            from card cross join found
        """,
        severity=severity,
        unless=untrained("clusters", CLUSTERS),
        remedy="Use none of them for a campaign; see the elbow on the model's card "
        "(ml.models), and whether the features of ml/clustering tell customers apart",
    )
