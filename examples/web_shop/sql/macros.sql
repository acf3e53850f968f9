-- A parameter of a url, decoded where it decodes; null where absent or empty.
create or replace temp macro url_parameter(url, name) as nullif(
    trim(coalesce(
        try(url_decode(replace(
            regexp_extract(url, '(?i)[?&#]' || name || '=([^&#]*)', 1), '+', ' '
        ))),
        regexp_extract(url, '(?i)[?&#]' || name || '=([^&#]*)', 1)
    )),
    ''
);

-- What scripts write where they have nothing to write.
create or replace temp macro told(value) as case
    when lower(trim(value)) not in ('', 'null', 'undefined', 'nan', 'none')
        then trim(value)
end;

create or replace temp macro amount(value) as try_cast(value as decimal(18, 4))
