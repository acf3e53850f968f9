-- By channel, the strictest of a customer's records decides, unless the person has
-- opted in after the last refusal; of one moment, the refusal counts. A yes without a
-- moment counts where nobody refused.
with ordered as (
    select
        identity.customer_id,
        statements.*,
        row_number() over (
            partition by identity.customer_id, statements.channel
            order by
                statements.kind = 'yes',
                coalesce(statements.stated_at, timestamp 'infinity') desc,
                statements.kind = 'refusal' desc,
                statements.record_id asc,
                statements.told_by asc
        ) as place,
        count(*) filter (where statements.kind = 'refusal')
            over (partition by identity.customer_id, statements.channel)
            as refusal_count
    from {{ ref('consent_statements') }} as statements
    inner join {{ ref('identity_map') }} as identity
        on statements.record_id = identity.record_id
)

select
    customer_id,
    channel,
    kind != 'refusal' as is_allowed,
    case
        when kind = 'refusal' then 'refused'
        when refusal_count > 0 then 'later_opt_in'
        else 'nobody_refused'
    end as rule,
    record_id,
    source,
    told_by,
    stated_at,
    refusal_count
from ordered
where place = 1
