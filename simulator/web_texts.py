"""The texts that the lines of the web stream are put together from."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.calendar import Ints
from simulator.catalog import CURRENCIES, PRODUCTS, Catalog
from simulator.events import (
    ADDED,
    CART_VIEWED,
    CHECKING_OUT,
    COMPLETED,
    IDENTIFY,
    LISTED,
    PAGE,
    REMOVED,
    SEARCHED,
    VIEWED,
    Events,
)
from simulator.text import Text, digits, join, take
from simulator.wares import BOT_AGENTS, CATEGORIES, HUMAN_AGENTS, QUERIES

_NAMES = {
    SEARCHED: "Products Searched",
    LISTED: "Product List Viewed",
    VIEWED: "Product Viewed",
    ADDED: "Product Added",
    REMOVED: "Product Removed",
    CART_VIEWED: "Cart Viewed",
    CHECKING_OUT: "Checkout Started",
    COMPLETED: "Order Completed",
}
SCREEN = COMPLETED + 1
"""What the app sends in place of a page call."""


@dataclass(frozen=True)
class Scene:
    """The texts that the lines of a chunk are put together from."""

    catalog: Catalog
    names: Text
    """The anonymousId of each device, bots' included."""
    agents: Ints
    """Of each device; human agents first, then those of bots."""
    countries: list[str]
    is_swiss: Ints
    """1 where the owner of a device pays in CHF."""
    users: Text
    """The shop's customer id that each device logs in to; empty for none."""
    traits: Text
    """Members of the traits of each record of the shop."""
    carts: Text
    """Members that name each basket."""
    orders: Text
    """Members of the completion of each order."""


def owners(scene: Scene) -> Text:
    """Return who makes a call: each device, each one logged in, and nobody."""
    device = join(',"anonymousId":"', scene.names, '"')
    logged_in = join(device, ',"userId":"', scene.users, '"')
    return pa.concat_arrays([device, logged_in, pa.array([""])])


def contexts(scene: Scene, rng: np.random.Generator) -> Text:
    """Return the members of `context` that a device brings; addresses of RFC 2544."""
    count = len(scene.agents)
    known = [*HUMAN_AGENTS, *((agent, "desktop") for agent in BOT_AGENTS)]
    agents = [f'"userAgent":"{a}","device":{{"type":"{t}"}},"ip":"' for a, t in known]
    ip = ["198.18", "198.19"]
    low, high = rng.integers(0, 256, count), rng.integers(1, 255, count)
    return join(
        take(agents, scene.agents),
        take(ip, rng.integers(0, 2, count)),
        ".",
        digits(low),
        ".",
        digits(high),
        '","location":{"country":"',
        pa.array(scene.countries),
        '"},',
    )


def details(scene: Scene) -> Text:
    """Return the members of properties or traits that calls can have."""
    money = ["", *(f'"currency":"{name}"' for name in CURRENCIES)]
    lists = [f'"category":"{name}"' for name in CATEGORIES]
    queries = [f'"query":"{query}"' for query in QUERIES]
    parts = [pa.array(money), scene.catalog.details, pa.array(lists + queries)]
    return pa.concat_arrays([*parts, scene.traits, scene.orders])


def detail_of(events: Events, scene: Scene) -> Ints:
    """Return the place of each event's members among `details`."""
    swiss = scene.is_swiss[events.device]
    products = 1 + len(CURRENCIES)
    lists = products + len(CURRENCIES) * PRODUCTS
    queries = lists + len(CATEGORIES)
    traits = queries + len(QUERIES)
    orders = traits + len(scene.traits)
    starts = {LISTED: lists, SEARCHED: queries, IDENTIFY: traits, COMPLETED: orders}
    detail = np.zeros(events.count, np.int64)
    for kind in (VIEWED, ADDED, REMOVED):
        rows = events.kind == kind
        detail[rows] = products + PRODUCTS * swiss[rows] + events.thing[rows]
    for kind, start in starts.items():
        rows = events.kind == kind
        detail[rows] = start + events.thing[rows]
    in_cart = (events.kind == CART_VIEWED) | (events.kind == CHECKING_OUT)
    return np.where(in_cart, 1 + swiss, detail)


def _head(kind: int) -> str:
    if kind in _NAMES:
        return f'{{"type":"track","event":"{_NAMES[kind]}"'
    return {PAGE: '{"type":"page"', IDENTIFY: '{"type":"identify"'}.get(
        kind, '{"type":"screen","name":"Shop"'
    )


HEADS = [_head(kind) for kind in range(SCREEN + 1)]
BODIES = [
    '},"traits":{' if kind == IDENTIFY else '},"properties":{'
    for kind in range(SCREEN + 1)
]
QUANTITIES = ["", *(f',"quantity":{n}' for n in range(1, 10))]
