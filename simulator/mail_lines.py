"""The reports of the email service as JSON lines."""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.calendar import SECOND
from simulator.catalog import SITE, Catalog
from simulator.faults import Arrivals
from simulator.mail import AGENTS, CLICK, NAMES, MailEvents
from simulator.text import Text, digits, hex_ids, join, take


@dataclass(frozen=True)
class MailLines:
    """A chunk's reports, ready to be written for any part of their arrivals."""

    events: MailEvents
    event_ids: Text
    addresses: Text
    """The address of each person, as a JSON string."""
    rest: Text
    """The members after the stamps, by event."""

    def render(self, arrivals: Arrivals) -> Text:
        """Return the lines of these arrivals."""
        rows = arrivals.event
        return join(
            '{"sg_event_id":"',
            take(self.event_ids, rows),
            '","event":"',
            take(list(NAMES), self.events.kind[rows]),
            '","email":',
            take(self.addresses, self.events.person[rows]),
            ',"timestamp":',
            digits(arrivals.claimed // SECOND),
            ',"received_at":',
            digits(arrivals.received // SECOND),
            take(self.rest, rows),
            "}\n",
        )


def prepare(
    events: MailEvents, addresses: Text, catalog: Catalog, rng: np.random.Generator
) -> MailLines:
    """Name the reports and gather the texts of their lines."""
    names = hex_ids(rng, len(addresses), 6)
    letter = take(catalog.mail_ids, events.newsletter)
    agents = ["", *(f',"useragent":{json.dumps(agent)}' for agent in AGENTS[1:])]
    rest = join(
        ',"sg_message_id":"',
        letter,
        ".",
        take(names, events.person),
        '","campaign_id":"',
        letter,
        '"',
        take(agents, events.agent),
        _links(events, catalog, rng),
    )
    return MailLines(events, hex_ids(rng, events.count, 11), addresses, rest)


def _links(events: MailEvents, catalog: Catalog, rng: np.random.Generator) -> Text:
    """Return the link and the seconds on its page for clicks, nothing for the rest."""
    link = events.person % catalog.mail_products.shape[1]
    product = catalog.mail_products[events.newsletter, link]
    dwell = np.minimum(np.exp(rng.normal(3.3, 1.2, events.count)), 1_800)
    text = join(
        f',"url":"{SITE}/products/',
        take(catalog.ids, product),
        '","dwell_seconds":',
        digits(dwell.astype(np.int64)),
    )
    return pc.if_else(pa.array(events.kind == CLICK), text, "")
