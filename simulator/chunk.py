"""From the story of a chunk to its files, month by month as things arrived."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from simulator import exports, lists, mail, web
from simulator.calendar import History, Ints, milliseconds
from simulator.exports import Bills
from simulator.faults import Arrivals, broken_lines, travel
from simulator.logins import ANONYMOUS
from simulator.mail import MailLines
from simulator.story import CHUNK, Dice, Story, World, tell
from simulator.text import Text, hex_ids, join, take
from simulator.truth import truth_of
from simulator.writing import write_csv, write_lines

Table = tuple[str, pa.Table, Ints | None]


@dataclass(frozen=True)
class ChunkResult:
    """Lines by entity, and the chunk's rows of each table of the truth."""

    lines: Counter[str]
    truth: dict[str, pa.Table]


def write_chunk(world: World, chunk: int, out: Path) -> ChunkResult:
    """Simulate a chunk, write its files below `out`, and tell what is true of it."""
    dice = Dice(world.seed, chunk)
    story = tell(world, chunk, dice)
    bills = _bills(world, story, chunk, dice)
    mail_lines = _mail_lines(world, story, dice)
    lines: Counter[str] = Counter()
    for entity, table, moments in _tables(world, story, bills, dice):
        for label, rows in _files(world.history, moments, table.num_rows):
            path = _path(out, entity, label, chunk, "csv")
            lines[entity] += write_csv(path, table.slice(rows.start, rows.stop - rows.start))
    streams: list[tuple[str, Ints, Callable[[Arrivals], Text]]] = [
        ("web", story.events.moment, _web_lines(world, story, bills, dice).render),
        ("mail", story.mail.moment, mail_lines.render),
    ]
    for stream, happened, render in streams:
        entity = {"web": "web/events", "mail": "esp/events"}[stream]
        rng = dice[f"{stream}_travel"]
        arrivals = travel(happened, world.history.end_ms, rng)
        for label, rows in _files(world.history, arrivals.received, 0):
            path = _path(out, entity, label, chunk, "jsonl")
            part = arrivals.part(rows)
            lines[entity] += write_lines(path, render(part), broken_lines(part, rng))
    return ChunkResult(lines, truth_of(world, story, mail_lines.event_ids))


def _path(out: Path, entity: str, label: str, chunk: int, suffix: str) -> Path:
    source, name = entity.split("/")
    stem = source if name == "events" else name
    return out / source / name / f"{stem}-{label}{chunk:04d}.{suffix}"


def _files(
    history: History, moments: Ints | None, count: int
) -> Iterator[tuple[str, slice]]:
    """Return the rows of each file: one a month of rising moments, or one for all."""
    if moments is None:
        yield "", slice(0, count)
        return
    firsts = [d for d in history.dates if d.day == 1 or d == history.first]
    bounds = [milliseconds(d) for d in firsts[1:]]
    starts = [0, *np.searchsorted(moments, bounds).tolist(), len(moments)]
    for date, (start, end) in zip(firsts, pairwise(starts), strict=True):
        if start < end:
            yield f"{date:%Y-%m}-", slice(start, end)


def _bills(world: World, story: Story, chunk: int, dice: Dice) -> Bills:
    """Add up the orders, each under the record that was logged in, or the first."""
    orders, session = story.orders, np.maximum(story.orders.visit, 0)
    logged_in = (orders.visit >= 0) & (story.logins.state[session] != ANONYMOUS)
    record = np.where(logged_in, story.logins.user[session], orders.person)
    first_id = 5_000_000_001 + chunk * 100 * CHUNK
    return exports.bill(
        orders, story.baskets, story.people, world.catalog, record, first_id,
        dice["bills"],
    )


def _tables(world: World, story: Story, bills: Bills, dice: Dice) -> Iterator[Table]:
    """Return the exports as tables, with the moment of each row where files have it."""
    end, rng = world.history.end_ms, dice["tables"]
    shop, crm, mailing = story.shop, story.crm, story.mailing_list
    orders, baskets = story.orders, story.baskets
    customers = exports.customers(
        shop.records, story.people, shop.ids, shop.created, rng
    )
    yield "shop/customers", customers, None
    devices = _checkout_devices(story, rng)
    yield "shop/orders", *exports.order_versions(
        orders, bills, shop.records, shop.ids, devices, end
    )
    lines, placed = exports.order_lines(orders, baskets, bills, world.catalog)
    before = int(np.searchsorted(placed, end))
    yield "shop/order_lines", lines.slice(0, before), placed[:before]
    yield "shop/refunds", *exports.refunds(orders, bills, shop.ids, end, rng)
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


def _web_lines(world: World, story: Story, bills: Bills, dice: Dice) -> web.Lines:
    devices, bots = story.devices, len(story.bots.agents)
    rng = dice["web_lines"]
    owner = np.where(devices.owner < story.people.count, devices.owner, -1)
    users = np.append(story.logins.user_of_device, np.full(bots, -1))
    country = np.append(story.people.country, "DE")[owner].tolist() + ["US"] * bots
    swiss = np.append(story.people.is_swiss, False)[owner].astype(np.int64)
    scene = web.Scene(
        catalog=world.catalog,
        names=pa.concat_arrays([devices.name, story.bots.names]),
        agents=np.concatenate([devices.agent, story.bots.agents]),
        countries=country,
        is_swiss=np.append(swiss, np.zeros(bots, np.int64)),
        users=take(story.shop.ids, np.maximum(users, 0)),
        traits=_traits(story),
        carts=join('"cart_id":"', hex_ids(rng, len(story.baskets.person), 8), '"'),
        orders=exports.completions(story.orders, story.baskets, bills, world.catalog),
    )
    return web.prepare(story.events, scene, rng)


def _traits(story: Story) -> Text:
    records = story.shop.records
    rows = zip(records.email, records.phone, records.first, records.last, strict=True)
    return pa.array(
        [
            json.dumps(
                {"email": email, "phone": phone or None, "firstName": a, "lastName": b},
                ensure_ascii=False,
            )[1:-1]
            for email, phone, a, b in rows
        ]
    )


def _mail_lines(world: World, story: Story, dice: Dice) -> MailLines:
    """Write to the latest address of each person."""
    records = story.mailing_list.records
    row = np.zeros(story.who.count, np.int64)
    row[records.person] = np.arange(records.count)
    addresses = [json.dumps(email.strip()) for email in records.email[row]]
    return mail.prepare(
        story.mail, pa.array(addresses), world.catalog, dice["mail_lines"]
    )
