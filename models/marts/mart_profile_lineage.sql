select
    lineage.customer_id,
    lineage.attribute_name,
    lineage.group_name,
    lineage.attribute_value,
    lineage.record_id,
    lineage.source,
    lineage.updated_at,
    lineage.rule,
    lineage.agreeing_record_count,
    lineage.losing_claim_count,
    lineage.losers,
    moments.as_of_at
from {{ ref('profile_lineage') }} as lineage
cross join {{ ref('as_of') }} as moments
