"""The streams of a chunk, web and email, as lines that wait to be written."""

import json

import numpy as np
import pyarrow as pa

from simulator import mail_lines as mails
from simulator import web
from simulator.bills import Bills, completions
from simulator.mail_lines import MailLines
from simulator.story import Story
from simulator.text import Text, hex_ids, join, take
from simulator.web_texts import Scene
from simulator.world import Dice, World


def web_lines(world: World, story: Story, bills: Bills, dice: Dice) -> web.Lines:
    devices, bots = story.devices, len(story.bots.agents)
    rng = dice["web_lines"]
    owner = np.where(devices.owner < story.people.count, devices.owner, -1)
    users = np.append(story.logins.user_of_device, np.full(bots, -1))
    country = np.append(story.people.country, "DE")[owner].tolist() + ["US"] * bots
    swiss = np.append(story.people.is_swiss, False)[owner].astype(np.int64)
    scene = Scene(
        catalog=world.catalog,
        names=pa.concat_arrays([devices.name, story.bots.names]),
        agents=np.concatenate([devices.agent, story.bots.agents]),
        countries=country,
        is_swiss=np.append(swiss, np.zeros(bots, np.int64)),
        users=take(story.shop.ids, np.maximum(users, 0)),
        traits=_traits(story),
        carts=join('"cart_id":"', hex_ids(rng, len(story.baskets.person), 8), '"'),
        orders=completions(story.orders, story.baskets, bills, world.catalog),
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


def mail_lines(world: World, story: Story, dice: Dice) -> MailLines:
    """Write to the latest address of each person."""
    records = story.mailing_list.records
    row = np.zeros(story.who.count, np.int64)
    row[records.person] = np.arange(records.count)
    addresses = [json.dumps(email.strip()) for email in records.email[row]]
    return mails.prepare(
        story.mail, pa.array(addresses), world.catalog, dice["mail_lines"]
    )
