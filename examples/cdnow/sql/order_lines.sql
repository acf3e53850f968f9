-- One row per purchase; equal purchases of a day are told apart by their number.
select
    md5(concat_ws(chr(31), order_id, cd_count, amount, nth)) as id,
    order_id,
    cd_count::bigint || case when cd_count = 1 then ' CD' else ' CDs' end as title,
    1 as quantity,
    amount as price
from judged
where place = 'shop/order_lines'
order by order_id, id
