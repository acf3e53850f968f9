-- By channel, the strictest of a customer's records decides, unless the person has
-- opted in after the last refusal; of one moment, the refusal counts. A yes without a
-- moment counts where nobody refused. A yes of a record that tells an address or a
-- number which a person denied to this customer counts for nobody, whatever it tells
-- besides: nobody knows for which it was given.
with elsewhere as (
    select distinct
        record_id,
        case identifier_type when 'email' then 'email' else 'sms' end as channel
    from {{ ref('denied_statements') }}
    where identifier_type in ('email', 'phone')
),

statements as (
    select
        told.* exclude (kind),
        case
            when told.kind != 'refusal' and elsewhere.record_id is not null
                then 'denied'
            else told.kind
        end as kind
    from {{ ref('consent_statements') }} as told
    left join elsewhere
        on
            told.record_id = elsewhere.record_id
            and told.channel = elsewhere.channel
),

ordered as (
    select
        identity.customer_id,
        statements.*,
        row_number() over (
            partition by identity.customer_id, statements.channel
            order by
                statements.kind = 'denied',
                statements.kind = 'yes',
                coalesce(statements.stated_at, timestamp 'infinity') desc,
                statements.kind = 'refusal' desc,
                statements.record_id asc,
                statements.told_by asc
        ) as place,
        count(*) filter (where statements.kind = 'refusal')
            over (partition by identity.customer_id, statements.channel)
            as refusal_count
    from statements
    inner join {{ ref('identity_map') }} as identity
        on statements.record_id = identity.record_id
)

select
    customer_id,
    channel,
    kind in ('yes', 'opt_in') as is_allowed,
    case
        when kind = 'denied' then 'cannot_link'
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
