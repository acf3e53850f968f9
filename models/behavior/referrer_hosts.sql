-- What the hosts that sent visits are: by their own name in the list, by the name
-- without country and ending (`google` for google.co.uk, but not for mail.google.com),
-- or by a domain above them (mail.yahoo.com is no search engine, whatever is above it).
with hosts as (
    select distinct {{ url_host('referrer') }} as referrer_host
    from {{ ref('sessions') }}
    where referrer is not null
),

named as (
    select
        referrer_host,
        regexp_extract(
            referrer_host,
            '^(?:(?:m|[a-z]{2})[.])?([a-z0-9-]+)'
            || '[.](?:(?:co|com|ne|net|or|org)[.])?[a-z]{2,}$',
            1
        ) as site_name
    from hosts
    where referrer_host is not null
),

candidates as (
    select
        named.referrer_host,
        categories.source,
        categories.category,
        row_number() over (
            partition by named.referrer_host
            order by
                named.referrer_host = categories.source desc,
                named.site_name = categories.source desc,
                length(categories.source) desc,
                categories.source asc
        ) as place
    from named
    inner join {{ ref('source_categories') }} as categories
        on
            named.referrer_host = categories.source
            or named.site_name = categories.source
            or (
                categories.category != 'search'
                and contains(categories.source, '.')
                and ends_with(named.referrer_host, '.' || categories.source)
            )
),

paid_at as (
    select distinct named.referrer_host
    from named
    inner join {{ ref('payment_hosts') }} as payments
        on
            named.referrer_host = payments.host
            or ends_with(named.referrer_host, '.' || payments.host)
)

select
    named.referrer_host,
    candidates.category,
    -- Search engines go by their name, whatever their country; all others by host.
    case
        when candidates.category = 'search' then candidates.source
        else named.referrer_host
    end as traffic_source,
    case
        when candidates.category = 'search' then 'organic'
        else 'referral'
    end as traffic_medium,
    paid_at.referrer_host is not null as is_payment
from named
left join candidates
    on named.referrer_host = candidates.referrer_host and candidates.place = 1
left join paid_at
    on named.referrer_host = paid_at.referrer_host
