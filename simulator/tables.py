"""The exports of a chunk as tables: shop, CRM and email list."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from simulator import lists, mail, shop_tables
from simulator.bills import Bills, bill
from simulator.calendar import History, Ints
from simulator.logins import ANONYMOUS
from simulator.story import Story
from simulator.text import Text, take
from simulator.world import CHUNK, Dice, World

Table = tuple[str, pa.Table, Ints | None]
"""Entity, rows, and their rising moments where the files go by month."""


def bills_of(world: World, story: Story, chunk: int, dice: Dice) -> Bills:
    """Add up the orders, each under the record that was logged in, or the first."""
    orders, session = story.orders, np.maximum(story.orders.visit, 0)
    logged_in = (orders.visit >= 0) & (story.logins.state[session] != ANONYMOUS)
    record = np.where(logged_in, story.logins.user[session], orders.person)
    first_id = 5_000_000_001 + chunk * 100 * CHUNK
    return bill(
        orders,
        story.baskets,
        story.people,
        world.catalog,
        record,
        first_id,
        dice["bills"],
    )


def tables_of(world: World, story: Story, bills: Bills, dice: Dice) -> Iterator[Table]:
    """Return the exports as tables, with the moment of each row where files have it."""
    end, rng = world.history.end_ms, dice["tables"]
    shop, crm, mailing = story.shop, story.crm, story.mailing_list
    orders, baskets = story.orders, story.baskets
    customers = shop_tables.customers(
        shop.records, story.people, shop.ids, shop.created, end, rng
    )
    yield "shop/customers", customers, None
    devices = _checkout_devices(story, rng)
    yield (
        "shop/orders",
        *shop_tables.order_versions(
            orders, bills, shop.records, shop.ids, devices, end
        ),
    )
    lines, placed = shop_tables.order_lines(orders, baskets, bills, world.catalog)
    before = int(np.searchsorted(placed, end))
    yield "shop/order_lines", lines.slice(0, before), placed[:before]
    yield "shop/refunds", *shop_tables.refunds(orders, bills, shop.ids, end, rng)
    contacts = lists.contacts(crm.records, story.people, crm.ids, crm.created, rng)
    yield "crm/contacts", contacts, None
    unsubscribed = _unsubscribed(world.history, story)
    subscribers = lists.subscribers(mailing.records, mailing.created, unsubscribed, rng)
    yield "esp/subscribers", subscribers, None


def _unsubscribed(history: History, story: Story) -> Ints:
    """Return the moment of each person's unsubscribing, 0 for never."""
    moments = np.zeros(story.who.count, np.int64)
    rows = np.isin(story.mail.kind, (mail.UNSUBSCRIBE, mail.SPAM))
    moments[story.mail.person[rows]] = story.mail.moment[rows]
    return moments


def _checkout_devices(story: Story, rng: np.random.Generator) -> Text:
    """Return the device of each order where the checkout knew it."""
    orders = story.orders
    known = orders.is_tracked & (rng.random(orders.count) < 0.9)
    device = story.visits.device[np.maximum(orders.visit, 0)]
    names = pa.concat_arrays([story.devices.name, pa.array([""])])
    return take(names, np.where(known, device, len(names) - 1))
