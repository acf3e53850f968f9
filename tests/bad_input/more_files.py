"""More odd files of the other entities: copies, conflicts, versions, local time."""

from tests.bad_input.odd_files import call

ORDERS = "id,customer_id,email,currency,total_amount,created_at,updated_at\n"
MAIL = (
    '{{"sg_event_id": "{id}", "event": "{event}", "email": "ann@shop.example",'
    ' "timestamp": {at}, "received_at": {received}}}\n'
)
NOON = 1_735_812_000


def order(name: str, buyer: str, total: str, updated: str = "10:00:00") -> str:
    """A line of shop/orders."""
    days = f"2025-01-02 10:00:00,2025-01-02 {updated}"
    return f"{name},{buyer},,EUR,{total},{days}\n"


def mail(
    name: str, at: object = NOON, received: object = NOON, event: str = "open"
) -> str:
    """A line of esp/events."""
    return MAIL.format(id=name, at=at, received=received, event=event)


FILES = {
    # A client sends again, with new stamps of arrival; a service delivers twice.
    "web/events/copies_1.jsonl": (
        call("copy") + call("copy", receivedAt="2025-01-02T10:05:00Z") + call("alone")
    ).encode(),
    "web/events/copies_2.jsonl": (
        call("copy", sentAt="2025-01-02T10:00:02Z") + call("late")
    ).encode(),
    "web/events/conflict.jsonl": (
        call("conflict") + call("conflict", event="Product Added")
    ).encode(),
    # Names that a reader might take for patterns.
    "shop/products/export[1].csv": b"id,price\nbrackets,1\n",
    "shop/products/export1.csv": b"id,price\none,1\n",
    "shop/products/it's 100%?*.csv": b"id,price\nstar,1\n",
    "web/events/[a-z]*.jsonl": call("pattern").encode(),
    "web/events/growing.jsonl.open": call("growing").encode(),
    "shop/orders/buyers.csv": (
        ORDERS + order("o-1", "ann", "10.00") + order("o-1", "bob", "20.00")
    ).encode(),
    "shop/orders/versions.csv": (
        ORDERS
        + order("o-2", "ann", "10.00")
        + order("o-2", "ann", "8.00", "11:00:00")
        + order("o-3", "ann", "ten")
        + order("o-4", "ann", "-1.00")
    ).encode(),
    # The shop's clock stands in Berlin and has no zone.
    "shop/refunds/summer_time.csv": (
        b"id,order_id,amount,currency,created_at\n"
        b"winter,o-1,1,EUR,2025-01-15 12:00:00\n"
        b"summer,o-1,1,EUR,2025-07-15 12:00:00\n"
        b"before,o-1,1,EUR,2025-03-30 01:59:59\n"
        b"skipped,o-1,1,EUR,2025-03-30 02:30:00\n"
        b"after,o-1,1,EUR,2025-03-30 03:00:00\n"
        b"twice,o-1,1,EUR,2025-10-26 02:30:00\n"
        b"zoned,o-1,1,EUR,2025-10-26T02:30:00+02:00\n"
    ),
    "esp/events/clocks.jsonl": (
        mail("fine")
        + mail("future", NOON + 7_200)
        + mail("poison", received=NOON * 2)
        + mail("words", '"noon"')
        + mail("beyond", "1e300")
        + mail("none", "null")
        + mail("never", event="guessed")
        + '"x"\n'
    ).encode(),
}
