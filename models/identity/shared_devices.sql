-- Devices on which several people log in: since the second account what such a device
-- tells of people is of nobody in particular, and since one account too many it is a
-- kiosk and itself nobody's.
with logins as (
    select
        identifiers.record_id,
        identifiers.known_since_at,
        row_number() over (
            partition by identifiers.record_id
            order by identifiers.known_since_at, identifiers.identifier_value
        ) as arrival
    from {{ ref('identifiers') }} as identifiers
    inner join {{ ref('records') }} as records
        on identifiers.record_id = records.record_id
    where identifiers.identifier_type = 'user_id' and records.source = 'web'
)

select
    record_id,
    count(*) as account_count,
    min(case when arrival = 2 then known_since_at end) as shared_since_at,
    min(
        case
            when arrival > {{ var('device_accounts_cap') }} then known_since_at
        end
    ) as held_since_at
from logins
group by record_id
having count(*) > 1
