"""The people of the CRM and of the email list, as tables."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from simulator.calendar import Ints, berlin
from simulator.people import People
from simulator.records import Records
from simulator.text import Text, dates, wall_clock


def contacts(
    records: Records, people: People, ids: Text, created: Ints, rng: np.random.Generator
) -> pa.Table:
    """Return the contacts of the CRM."""
    person, count = records.person, records.count
    stamp = wall_clock(berlin(created))
    return pa.table(
        {
            "contact_id": ids,
            "first_name": records.first,
            "last_name": records.last,
            "email": records.email,
            "phone": records.phone,
            "birth_date": _some(dates(people.born[person]), 0.6, rng),
            "street": _some(pa.array(people.street[person]), 0.8, rng),
            "city": people.city[person],
            "postcode": _some(pa.array(people.postcode[person]), 0.85, rng),
            "country": people.country[person],
            "do_not_email": _yes(rng.random(count) < 0.06),
            "do_not_call": _yes(rng.random(count) < 0.15),
            "created_at": stamp,
            "updated_at": stamp,
        }
    )


def subscribers(
    records: Records, created: Ints, left: Ints, rng: np.random.Generator
) -> pa.Table:
    """Return the email list; `left` is the moment of each person's unsubscribing."""
    count = records.count
    left = left[records.person]
    gone = (left > 0) & (records.twin < 0)
    cleaned = ~gone & (rng.random(count) < 0.02)
    status = np.where(gone, "unsubscribed", np.where(cleaned, "cleaned", "subscribed"))
    changed = wall_clock(berlin(np.where(gone, np.maximum(left, created), created)))
    return pa.table(
        {
            "email": records.email,
            "first_name": records.first,
            "last_name": records.last,
            "phone": records.phone,
            "status": pa.array(status.astype(object)),
            "email_consent": _yes(~gone),
            "sms_consent": _yes((records.phone != "") & (rng.random(count) < 0.4)),
            "consent_updated_at": changed,
            "created_at": wall_clock(berlin(created)),
            "updated_at": changed,
        }
    )


def _some(values: Text, share: float, rng: np.random.Generator) -> Text:
    return pc.if_else(pa.array(rng.random(len(values)) < share), values, "")


def _yes(flags: npt.NDArray[np.bool_]) -> Text:
    return pc.if_else(pa.array(flags), "true", "false")
