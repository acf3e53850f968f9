"""`tessera explain`: by which names, what was taken apart, and no value cut off."""

from datetime import datetime

import pytest

from tessera.explain import told, whose
from tessera.output import console
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import Publication

TABLES = """
create table customers as
select * from (values
    ('c_ann', 'Ann@example.org', '+49 (0) 170 / 123 00 09', 'active', 2),
    ('c_bea', null, '0170 1230008', 'active', 1),
    ('c_son', null, '0170 1230008', 'active', 1)
) as rows(customer_id, email, phone, lifecycle_stage, record_count);
alter table customers add column first_received_at timestamp default '2025-01-01';
create table product_recommendations as
select 'c_ann' as customer_id, place as rank, 'Kettle ' || place as product_name,
    'Kitchen' as category, 'because you viewed Pan ' || place as reason
from range(1, 8) as places(place);
create table propensity_scores as
select 'c_ann' as customer_id, 0.12345 as purchase_30d_probability, 2 as score_decile,
    'raises: last order 3 days ago' as reason_1, 'lowers: 1 click in mails' as reason_2,
    'raises: identified' as reason_3;
alter table propensity_scores alter purchase_30d_probability type double;
create table identity_aliases (
    customer_id varchar, alias_id varchar, absorbed_at timestamp, rule varchar
);
create table identity_map as
select * from (values
    ('shop:17', 'shop', 'c_ann'), ('web:ann', 'web', 'c_ann'),
    ('web:bea', 'web', 'c_bea'), ('shop:email:17', 'shop', 'c_bea')
) as rows(record_id, source, customer_id);
create table identity_history as
select * from (values
    ('shop:17', 'c_ann', '2025-01-01', null, 'appeared', null),
    ('web:ann', 'c_ann', '2025-01-02', null, 'appeared', 'user_id'),
    ('web:bea', 'c_ann', '2025-02-01', '2025-07-01', 'appeared', 'email'),
    ('web:bea', 'c_bea', '2025-07-01', null, 'split', 'email')
) as rows(record_id, customer_id, valid_from, valid_to, reason, rule);
alter table identity_history alter valid_from type timestamp;
alter table identity_history alter valid_to type timestamp;
create table identity_cuts as
select 'web:bea' as record_id, 'email' as rule, 'cannot_link' as reason,
    timestamp '2025-07-01' as refused_since_at;
create table profile_lineage as
select 'c_ann' as customer_id, 'street' as attribute_name, 'address' as group_name,
    repeat('Long Lane ', 20) || 'End' as attribute_value, 'shop:17' as record_id,
    'only_value' as rule, 1 as agreeing_record_count,
    [{'masked_value': 'H…', 'source': 'crm', 'lost_by': 'recency'}] as losers;
create table consents (
    customer_id varchar, channel varchar, is_allowed boolean, rule varchar,
    told_by varchar, stated_at timestamp
);
create table segment_memberships (
    customer_id varchar, segment_name varchar, is_primary boolean, reason varchar
);
"""
STREET = "Long Lane " * 20 + "End"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Ann, whose device turned out to be Bea's, and Bea's son with Bea's phone."""
    path = tmp_path_factory.mktemp("publication")
    now = datetime(2025, 12, 31)
    made = Publication("p", path, now, now, {}, {}, {}, [], [])
    with connect(made.database) as connection:
        connection.execute(TABLES)
    return made


def said(publication: Publication, customer: str) -> str:
    """All that is told of a customer, as the console prints it."""
    with console.capture() as heard:
        for part in told(publication, customer):
            console.print(part, soft_wrap=isinstance(part, str))
    return heard.get()


@pytest.mark.parametrize(
    "name",
    ["c_ann", "shop:17", "17", "ANN@example.org", "+491701230009", "0170-1230009"],
)
def test_a_person_is_found_by_any_name(publication: Publication, name: str) -> None:
    assert whose(publication, name) == "c_ann"


def test_a_phone_of_two_customers_names_neither(publication: Publication) -> None:
    with pytest.raises(TesseraError, match="2 customers have this name") as refused:
        whose(publication, "0170 1230008")
    assert "c_bea, c_son" in str(refused.value)
    assert "1230008" not in str(refused.value)


# Six digits, and nine without a number: neither is a phone of anybody.
@pytest.mark.parametrize("name", ["230 009", "000000000", "email:17", "1701230009x"])
def test_what_is_no_name_names_nobody(publication: Publication, name: str) -> None:
    with pytest.raises(TesseraError, match="nobody has this name"):
        whose(publication, name)


def test_what_was_taken_apart_is_told_on_either_side(publication: Publication) -> None:
    left, came = (said(publication, name) for name in ("c_ann", "c_bea"))
    assert "- Record: web:bea\n  What: left for\n  Customer: c_bea" in left
    assert "- Record: web:bea\n  What: came from\n  Customer: c_ann" in came
    assert "  Link: email\n  Because of: cannot link\n  Since: 2025-07-01" in came
    assert "Links that are not followed: none" in left


def test_why_somebody_may_order_is_told(publication: Publication) -> None:
    shown = said(publication, "c_ann")
    assert "- Probability: 0.123\n  Decile: 2\n" in shown
    assert "  First reason: raises: last order 3 days ago\n" in shown


def test_a_publication_of_a_former_version_tells_what_it_has(
    publication: Publication,
) -> None:
    for table in ("product_recommendations", "propensity_scores"):
        with connect(publication.database) as connection:
            connection.execute(f"alter table {table} rename to aside")
        shown = said(publication, "c_ann")
        with connect(publication.database) as connection:
            connection.execute(f"alter table aside rename to {table}")
        assert f"  Value: {STREET}\n" in shown
        assert ("Recommended: none" in shown) is (table == "product_recommendations")


def test_a_pipe_gets_one_value_a_line(publication: Publication) -> None:
    assert f"  Value: {STREET}\n" in said(publication, "c_ann")


def test_a_narrow_terminal_cuts_no_value(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_force_terminal", True)
    monkeypatch.setattr(console, "width", 60)
    shown = said(publication, "c_ann")
    assert "…" not in shown.replace("H…", "")
    assert shown.count("Lane") == 20
