-- No act is lost without a word: each is used or has a reason.
select
    kind,
    coalesce(set_aside_reason, 'used') as fate,
    cast(sum(act_count) as bigint) as act_count
from {{ ref('product_acts') }}
group by kind, fate
