"""A shop with two households of invented people, in files of every form.

Six more live alone; five of them have withdrawn their consent, each in another place.
Ann is to be erased. Bob lives with her: a contact of her name has his phone, and
nothing else that ties it to her. What Ann left is in every entity, spelled as each
system spells it, and in lines that are set aside.
"""

import gzip
import io
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.beliefs import record_memberships
from warehouse.dbt import dbt_build
from warehouse.publishing import publish
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import as_of

ANN, BOB = "ann.alder@mail.example", "bob@mail.example"
PHONE, HOUSE_PHONE = "+49 171 2345678", "030/9876543"
# What nobody may find any more, in any spelling that the files have.
TRACES = (
    b"ann.alder",
    b"1712345678",
    b"171 2345678",
    b"171/234 56 78",
    b"d-ann-001",
    b"d-ann-002",
    b"7000000042",
    b"c-ann-9",
)


def call(kind: str, device: str, minute: int, **parts: object) -> str:
    """A call of the web stream, with a newline."""
    at = f"2025-06-01T10:{minute:02}:00Z"
    values = {"type": kind, "messageId": f"{device}-{minute}", "anonymousId": device}
    return json.dumps({**values, "timestamp": at, "receivedAt": at, **parts}) + "\n"


def mail(kind: str, email: str, second: int) -> str:
    """A line of the email service, with a newline."""
    values = {"sg_event_id": f"{email}-{second}", "sg_message_id": f"m-{email}"}
    at = 1_748_772_000 + second
    told = {"event": kind, "email": email, "timestamp": at, "received_at": at}
    return json.dumps({**values, **told, "campaign_id": "june"}) + "\n"


# Who withdrew, and where; Ida did not.
WITHDREW = {
    "dan": "unsubscribe",
    "eve": "spamreport",
    "fay": "list",
    "gus": "account",
    "hal": "contact",
    "ida": "",
}


def alone(row: str, withdrawn: str) -> str:
    """A row of a register for each who lives alone, with what it says of consent: of
    who withdrew there no, of the others yes."""
    return "".join(
        row.format(
            name=name,
            number=7000000050 + number,
            agrees=str(where != withdrawn).lower(),
            refuses=str(where == withdrawn).lower(),
        )
        + "\n"
        for number, (name, where) in enumerate(WITHDREW.items())
    )


EVENTS = (
    call("page", "d-ann-001", 0)
    + call("page", "d-bob-1", 1)
    + call("identify", "d-ann-001", 2, userId="7000000042", traits={"email": ANN})
    + call("track", "d-ann-001", 3, event="Order Completed", properties={
        "order_id": "W-1", "total": "20", "currency": "EUR"})
    + '{"type": "identify", "anonymousId": "d-x", "traits": {"email": "'
    + ANN.upper() + '"\n'
    + call("identify", "d-bob-1", 4, userId="7000000043", traits={"email": BOB})
    + call("page", "d-carl-1", 5)
)  # fmt: skip
PACKED_EVENTS = (
    call("page", "d-ann-002", 6)
    + call("identify", "d-ann-002", 7, traits={"email": "Ann.Alder+june@mail.example"})
    + call("page", "d-carl-1", 8)
)
CUSTOMERS = (
    "id,email,first_name,last_name,phone,city,accepts_email,created_at,updated_at\n"
    f'7000000042,{ANN},Ann,Alder,{PHONE},"Bonn\nam Rhein",true,2025-01-02,2025-01-02\n'
    f"7000000043,{BOB},Bob,Birch,{HOUSE_PHONE},Bonn,true,2025-01-03,2025-01-03\n"
    "short,ann.alder@mail.example\n"
    "7000000044,carl@mail.example,Carl,Cedar,,Bonn,true,2025-01-04,yesterday\n"
) + alone(
    "{number},{name}@mail.example,{name},,,,{agrees},2025-01-02,2025-05-20", "account"
)
ORDERS = (
    "id,customer_id,email,client_id,currency,total_amount,created_at,updated_at\n"
    "101,7000000042,,d-ann-001,EUR,20.00,2025-05-01,2025-05-01\n"
    "102,7000000043,,,EUR,30.00,2025-05-02,2025-05-02\n"
) + alone("{number},{number},,,EUR,5.00,2025-05-02,2025-05-02", "none")
ORDER_LINES = (
    "id,order_id,product_id,title,quantity,price\n"
    "1,101,p1,Cup,1,20.00\n"
    "2,102,p1,Cup,1,30.00\n"
)
REFUNDS = (
    "id,order_id,customer_id,amount,currency,created_at\n"
    "9,101,,5.00,EUR,2025-05-03\n"
    "10,102,,5.00,EUR,2025-05-04\n"
)
CONTACTS = (
    "contact_id;first_name;last_name;email;phone;created_at;do_not_email\n"
    f"c-ann-9;Ann;Alder;{ANN};0171/234 56 78;2025-01-05;\n"
    "c-ann-10;Ann;Alder;;030 987 65 43;2025-01-05;\n"
    f"c-bob-9;Bob;Birch;{BOB};{HOUSE_PHONE};2025-01-05;\n"
) + alone("c-{name};{name};;{name}@mail.example;;2025-01-05;{refuses}", "contact")
MAILS = (
    mail("delivered", ANN, 0)
    + mail("delivered", BOB, 1)
    + mail("open", ANN, 60)
    + mail("unsubscribe", BOB, 90)
    + mail("unsubscribe", "dan@mail.example", 90)
    + mail("spamreport", "eve@mail.example", 90)
)
LISTED = {
    ANN: "subscribed",
    BOB: "subscribed",
    **{
        f"{name}@mail.example": "unsubscribed" if where == "list" else "subscribed"
        for name, where in WITHDREW.items()
    },
}
DECISIONS = (
    "decision,left_type,left_value,right_type,right_value,decided_at\n"
    f"cannot_link,email,{BOB},user_id,7000000042,2025-05-05 10:00:00\n"
    f"must_link,user_id,7000000043,email,{BOB},2025-05-05 10:00:00\n"
)
GROWING = call("page", "d-ann-001", 20) + call("page", "d-bob-1", 21)


def files() -> dict[str, bytes]:
    """What lands, by its place below the raw folder."""
    listed = io.BytesIO()
    same = {"created_at": "2025-01-01", "email_consent": "true"}
    people = [{"email": who, "status": how, **same} for who, how in LISTED.items()]
    pq.write_table(pa.Table.from_pylist(people), listed)
    return {
        "web/events/day 1.jsonl": EVENTS.encode(),
        "web/events/day 2.jsonl.gz": gzip.compress(PACKED_EVENTS.encode(), mtime=0),
        "web/events/now.jsonl.open": GROWING.encode(),
        "shop/customers/all.csv": CUSTOMERS.encode(),
        "shop/orders/all.csv": ORDERS.encode(),
        "shop/order_lines/all.csv": ORDER_LINES.encode(),
        "shop/refunds/all.csv": REFUNDS.encode(),
        "crm/contacts/all.csv": CONTACTS.encode(),
        "identity/decisions/all.csv": DECISIONS.encode(),
        "esp/events/june.jsonl": MAILS.encode(),
        "esp/subscribers/all.parquet": listed.getvalue(),
    }


def land(settings: Settings, path: str, content: bytes) -> Path:
    """Put a file below the raw folder."""
    file = settings.raw_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def land_all(settings: Settings) -> None:
    """Every file of the shop."""
    for path, content in files().items():
        land(settings, path, content)


def build(settings: Settings, *select: str) -> None:
    """Build these models (all, where none is named), without dbt's own tests."""
    chosen = [*select, "resource_type:seed"] if select else None
    dbt_build(settings, select=chosen, excluded=["test", "unit_test"])


def build_and_publish(settings: Settings) -> None:
    """Build everything, record who is in which segment, and publish it."""
    build(settings)
    record_memberships(settings, "a run")
    publish(settings, as_of(settings))


def made(folder: Path) -> Settings:
    """A shop with two publications."""
    settings = Settings(project_dir=PROJECT_DIR, data_dir=folder)
    land_all(settings)
    build_and_publish(settings)
    publish(settings, as_of(settings))
    return settings


def copied(shop: Settings, settings: Settings) -> Settings:
    """The shop in another folder, to be spoiled; hard links stay such."""
    shutil.copytree(
        shop.data_dir, settings.data_dir, symlinks=True, copy_function=shutil.copy2
    )
    return settings
