"""An order that the shop alone tells ends its device's cart; exports change that."""

from datetime import datetime
from typing import Any

from tests.behavior import shop
from tests.behavior.lines import Line
from tests.behavior.loads import other_than_afresh
from warehouse.settings import Settings

HEADER = "id,customer_id,client_id,currency,total_amount,test,created_at,updated_at\n"
MODELS = ["+carts", "+stg_esp__events"]
Cart = tuple[str, str, int]


def said(minute: int, event: str, load: int, **properties: Any) -> Line:
    """What the device says at a minute after ten, and is known at once."""
    moment = f"2019-07-01T10:{minute:02}:00.000Z"
    call = {
        "type": "track",
        "messageId": f"m{minute}",
        "anonymousId": "v",
        "event": event,
        "timestamp": moment,
        "receivedAt": moment,
        "properties": properties,
    }
    return Line("web", load, call)


LINES = [
    said(0, "Product Added", 0, product_id="p"),
    said(10, "Product Added", 0, product_id="q"),
    said(7, "Order Completed", 3, order_id="1"),
]


def export(settings: Settings, name: str, client: str, second: int) -> None:
    """The shop's export of one order, changed at a second after midnight."""
    row = f"1,a,{client},EUR,10,false,2019-07-01T10:05:00Z,2019-07-02T00:00:{second}Z\n"
    file = settings.raw_dir / "shop/orders" / f"{name}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + row, encoding="utf-8")


def carts(settings: Settings) -> list[Cart]:
    """Last change, end and pieces of the device's carts."""
    rows = shop.table(settings, "behavior.carts")
    return sorted(
        (_clock(row["changed_at"]), _clock(row["ordered_at"]), row["item_count"])
        for row in rows
    )


def _clock(moment: datetime | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


def test_carts_follow_whatever_the_shop_says_next(settings: Settings) -> None:
    one, two = [("10:10", "", 2)], [("10:00", "10:05", 1), ("10:10", "", 1)]
    shop.land(settings, LINES, 0)
    shop.build(settings, MODELS)
    assert carts(settings) == one
    export(settings, "first", "v", 10)
    shop.build(settings, MODELS)
    assert carts(settings) == two
    export(settings, "later", "another", 20)
    shop.build(settings, MODELS)
    assert carts(settings) == one
    export(settings, "later", "v", 30)
    shop.build(settings, MODELS)
    assert carts(settings) == two
    # Once the device tells the order itself, it counts at that moment alone.
    shop.land(settings, LINES, 3)
    shop.build(settings)
    assert carts(settings) == [("10:00", "10:07", 1), ("10:10", "", 1)]
    assert other_than_afresh(settings) == []
