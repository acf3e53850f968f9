"""What many records cost: from landed contacts to golden profiles, and Splink alone.

The people are made up here, since the simulated shop knows few names and towns. With
20,000 last names, 3,000 first names (the first are frequent) and 8,000 postcodes, three
of ten records are another one of somebody, some with a slip or another address. Both
ways read the same contacts, each in a process of its own, and compare much the same
pairs: those of equal email, phone, date of birth, name with postcode, or full name.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.apart import Took, apart
from benchmarks.figures import Figure
from warehouse.connection import connect
from warehouse.settings import PROJECT_DIR, Settings

PROFILES = "golden_profiles"
PEOPLE = """
create temp table contacts as
with drawn as (
    select
        number,
        if(number % 10 < 7, number, hash(number) % $count // 10 * 10) as person
    from range($count) as records(number)
),

told as (
    select
        *,
        [
            hash(person * 16 + place) % 1000003 / 1000003 for place in range(8)
        ] as chance,
        if(number = person, 0, hash(number, 1) % 6) as change
    from drawn
),

named as (
    select
        *,
        translate(floor(3000 * power(chance[1], 2))::int::varchar, $digits, $letters)
            as first_name,
        translate(floor(20000 * power(chance[2], 2))::int::varchar, $digits, $letters)
            || 'mann' as last_name,
        floor(8000 * chance[3])::int as place
    from told
)

select
    number as contact_id,
    first_name,
    if(change = 1, replace(last_name, 'mann', 'man'), last_name) as last_name,
    case
        when change = 2 then 'other' || number || '@mail.example'
        when chance[4] < 0.8 and change != 1
            then first_name || '.' || last_name || person || '@mail.example'
    end as email,
    if(chance[5] < 0.6 and change != 3, '+4915' || (10000000 + person), null) as phone,
    if(
        chance[6] < 0.7 and change != 4,
        date '1940-01-01' + floor(25000 * chance[7])::int, null
    ) as birth_date,
    'Lange Gasse ' || (person % 400) as street,
    'town' || translate((place // 4)::varchar, $digits, $letters) as city,
    10000 + place as postcode,
    'DE' as country,
    '2025-01-01 00:00:00' as created_at,
    '2025-01-01 00:00:00' as updated_at
from named
"""
SPELLING = {"digits": "0123456789", "letters": "bcdfghklmn"}


def load_figures(count: int) -> Iterator[Figure]:
    """Seconds and highest memory of each way, and how they compare."""
    name = f"identity.{count}"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(PROJECT_DIR, Path(folder))
        write_contacts(settings, count)
        took = apart(ours, settings)
        for step, seconds in took.result.items():
            yield Figure(f"{name}.ours.{step}", seconds)
        yield from _told(f"{name}.ours", took)
        alone = apart(theirs, settings)
        yield Figure(f"{name}.splink_alone.customer_count", alone.result)
        yield from _told(f"{name}.splink_alone", alone)
    yield Figure(f"{name}.times_splink_alone", took.seconds / alone.seconds)


def write_contacts(settings: Settings, count: int) -> None:
    """Land so many contacts of the CRM."""
    target = settings.raw_dir / "crm" / "contacts" / "many.csv"
    target.parent.mkdir(parents=True)
    with connect() as connection:
        connection.execute(PEOPLE, {"count": count, **SPELLING})
        connection.execute(f"copy contacts to '{target}' (header)")


def ours(settings: Settings) -> dict[str, float]:
    """Build the golden profiles, the matching included; the seconds of each step."""
    from orchestration.matching import matched
    from warehouse.dbt import dbt_build

    def upto(*models: str) -> list[str]:
        return [f"+{model},resource_type:model" for model in models]

    began = time.perf_counter()
    seeds = "resource_type:seed"
    dbt_build(settings, select=[seeds, *upto("match_records")])
    records_at = time.perf_counter()
    _, matches = matched(settings, {})
    matched_at = time.perf_counter()
    dbt_build(settings, select=upto(PROFILES), exclude=upto("match_records"))
    built_at = time.perf_counter()
    with connect(settings.build_path, read_only=True) as connection:
        query = f"select count(*) from identity.{PROFILES}"
        customers = connection.execute(query).fetchall()[0][0]
    return {
        "customer_count": customers,
        "match_count": len(matches),
        "to_records.seconds": records_at - began,
        "matching.seconds": matched_at - records_at,
        "to_profiles.seconds": built_at - matched_at,
    }


def theirs(settings: Settings) -> int:
    """Splink's own way from the same contacts to clusters; how many there are."""
    from benchmarks.identity_rival import NARROW_RULES, splink_alone

    return int(splink_alone(settings, NARROW_RULES)["customer_id"].nunique())


def _told(name: str, took: Took[Any]) -> Iterator[Figure]:
    yield Figure(f"{name}.seconds", took.seconds)
    yield Figure(f"{name}.cpu_seconds", took.cpu_seconds)
    yield Figure(f"{name}.peak_mb", took.peak_mb)
