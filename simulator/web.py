"""The web stream: events as JSON lines of the Segment spec."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.calendar import Ints
from simulator.catalog import Catalog
from simulator.devices import APP
from simulator.difficulty import NAMELESS_SHARE, OWNERLESS_SHARE
from simulator.events import ADDED, PAGE, REMOVED, Events
from simulator.faults import Arrivals
from simulator.text import Text, hex_ids, iso, join, take
from simulator.web_texts import (
    BODIES,
    HEADS,
    QUANTITIES,
    SCREEN,
    Scene,
    contexts,
    detail_of,
    details,
    owners,
)


@dataclass(frozen=True)
class Lines:
    """A chunk's web stream, ready to be written for any part of its arrivals."""

    events: Events
    kind: Ints
    message_ids: Text
    owner: Ints
    owners: Text
    devices: Text
    detail: Ints
    details: Text
    carts: Text
    catalog: Catalog

    def render(self, arrivals: Arrivals) -> Text:
        """Return the lines of these arrivals."""
        rows, events = arrivals.event, self.events
        return join(
            take(HEADS, self.kind[rows]),
            take(self.message_ids, rows),
            take(self.owners, self.owner[rows]),
            ',"timestamp":"',
            iso(arrivals.claimed),
            '","sentAt":"',
            iso(arrivals.sent),
            '","receivedAt":"',
            iso(arrivals.received),
            '","context":{',
            take(self.devices, events.device[rows]),
            take(self.catalog.pages, events.page[rows]),
            take(self.catalog.sources, events.source[rows]),
            take(BODIES, self.kind[rows]),
            take(self.details, self.detail[rows]),
            take(self.carts, events.basket[rows] + 1),
            take(QUANTITIES, self._quantity(rows)),
            "}}\n",
        )

    def _quantity(self, rows: Ints) -> Ints:
        kind = self.kind[rows]
        counted = (kind == ADDED) | (kind == REMOVED)
        return np.where(counted, self.events.quantity[rows], 0)


def prepare(events: Events, scene: Scene, rng: np.random.Generator) -> Lines:
    """Name the events and gather the texts of their lines."""
    count, devices = events.count, len(scene.agents)
    message_ids = join(',"messageId":"', hex_ids(rng, count), '"')
    nameless = pa.array(rng.random(count) < NAMELESS_SHARE)
    owner = np.where(events.user >= 0, devices + events.device, events.device)
    ownerless = rng.random(count) < OWNERLESS_SHARE
    is_app = scene.agents[events.device] == APP
    return Lines(
        events=events,
        kind=np.where(is_app & (events.kind == PAGE), SCREEN, events.kind),
        message_ids=pc.if_else(nameless, "", message_ids),
        owner=np.where(ownerless, 2 * devices, owner),
        owners=owners(scene),
        devices=contexts(scene, rng),
        detail=detail_of(events, scene),
        details=details(scene),
        carts=pa.concat_arrays([pa.array([""]), join(",", scene.carts)]),
        catalog=scene.catalog,
    )
