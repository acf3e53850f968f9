"""The published sets of records with known twins, as contacts of a CRM."""

from pathlib import Path

from warehouse.connection import connect
from warehouse.settings import Settings

# Febrl's people have no email and no phone. Their number of social insurance stands
# where an email does: it is one person's alone, which a phone is not. Year, month and
# day of birth are written as other exports write a date; where a slip made them none,
# the contact has none.
FEBRL = """
select
    rec_id as contact_id,
    given_name as first_name,
    surname as last_name,
    soc_sec_id || '@number.example' as email,
    regexp_replace(
        date_of_birth, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3'
    ) as birth_date,
    concat_ws(' ', street_number, address_1) as street,
    suburb as city,
    postcode,
    'AU' as country,
    true_entity as person_id
from read_parquet($file)
"""
SPLINK = """
select
    unique_id::varchar as contact_id,
    first_name,
    surname as last_name,
    email,
    dob as birth_date,
    city,
    cluster as person_id
from read_parquet($file)
"""
SETS = {
    "febrl1": ("identity_febrl/dataset1.parquet", FEBRL),
    "febrl2": ("identity_febrl/dataset2.parquet", FEBRL),
    "febrl3": ("identity_febrl/dataset3.parquet", FEBRL),
    "fake_1000": ("identity_splink/fake_1000.parquet", SPLINK),
}
# All are known since one moment: the sets do not say since when.
CONTACTS = """
copy (
    select
        * exclude (person_id),
        '2025-01-01 00:00:00' as created_at,
        '2025-01-01 00:00:00' as updated_at
    from ({query})
) to '{target}' (header)
"""
TRUTH = """
copy (
    select 'crm' as source, contact_id as record_key, person_id from ({query})
) to '{target}'
"""


def land(name: str, shared: Path, settings: Settings) -> None:
    """Write a set's records into the raw folder, and who they are beside it."""
    file, query = SETS[name]
    contacts = settings.raw_dir / "crm" / "contacts" / f"{name}.csv"
    truth = settings.truth_dir / "records.parquet"
    for target, copy in ((contacts, CONTACTS), (truth, TRUTH)):
        target.parent.mkdir(parents=True, exist_ok=True)
        with connect() as connection:
            connection.execute(
                copy.format(query=query, target=target), {"file": str(shared / file)}
            )
