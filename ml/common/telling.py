"""What a feature's value means in words: one short sentence for each value told apart.

Sentences are few and made once, so that a million customers may share them. `place`
says which sentence a value has, `words` makes it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ml.common.encoding import NEVER_DAYS, Floats

# Beyond so many days or times nobody counts.
MOST = 366
NEVER = MOST + 1
# To two digits: 1 to 9, 10 to 99, 100 to 990 ...; then there is no more than "or more".
AMOUNTS = (*range(1, 10), *(n * 10**e for e in range(5) for n in range(10, 100)), 10**6)
BETWEEN = np.add(AMOUNTS[:-1], AMOUNTS[1:]) / 2
NONE, LITTLE, FIRST = 1, 2, 3
PLACES = FIRST + len(AMOUNTS)
WINDOWS = {
    "": "so far",
    "prior_30d": "in the 30 days before the last 30",
    "15m": "within 15 minutes",
    "24h": "within 24 hours",
    "48h": "within 48 hours",
    "7d": "within 7 days",
    "30d": "within 30 days",
    "90d": "within 90 days",
    "365d": "within a year",
}
# One, and many; the sentence goes on behind.
THINGS = {
    "page_view": ("page viewed", "pages viewed"),
    "product_view": ("product viewed", "products viewed"),
    "cart_add": ("product put into a cart", "products put into a cart"),
    "checkout": ("checkout", "checkouts"),
    "order": ("order", "orders"),
    "activity": ("activity", "activities"),
    "email_delivered": ("mail delivered", "mails delivered"),
    "email_open": ("opening of mails", "openings of mails"),
    "email_click": ("click in mails", "clicks in mails"),
    "email_reply": ("reply to mails", "replies to mails"),
    "email_unsubscribe": ("unsubscription", "unsubscriptions"),
    "high_value_click": ("click of high value", "clicks of high value"),
}
LASTS = {"activity": "activity", "product_view": "product view", "cart_add": "cart"}
COUNT = re.compile(r"(.+?)_(?:(prior_30d|\d+[mhd])_)?count(_per_month)?")


@dataclass(frozen=True)
class Telling:
    """Which sentence a value has, a number below PLACES, and the sentence."""

    words: Callable[[int], str]
    place: Callable[[Floats], Floats]


def telling(feature: str) -> Telling:
    """Return how a feature is told; raises KeyError for one without words."""
    if feature in SPECIAL:
        return SPECIAL[feature]
    if counted := COUNT.fullmatch(feature):
        what, window, is_paced = counted.groups(default="")
        things = THINGS[what]
        if is_paced:
            return Telling(_pace(*things), _to_two_digits)
        return Telling(_count(*things, WINDOWS[window]), _whole)
    what = feature.removeprefix("days_since_last_")
    return _last(LASTS.get(what) or THINGS[what][0])


def _whole(values: Floats) -> Floats:
    return np.clip(np.round(values), 0, MOST)


def _days(values: Floats) -> Floats:
    return np.where(values >= NEVER_DAYS, NEVER, _whole(values))


def _percent(values: Floats) -> Floats:
    return _whole(values * 100)


def _to_two_digits(values: Floats) -> Floats:
    nearest = np.searchsorted(BETWEEN, values)
    most = np.where(values < AMOUNTS[-1], len(BETWEEN) - 1, len(BETWEEN))
    place = np.minimum(nearest, most) + FIRST
    less = np.where(values < 0, 0, np.where(values > 0, LITTLE, NONE))
    return np.where(values < 1, less, place)


def _last(what: str) -> Telling:
    return _ago(f"last {what}", *[f"no {what} within a year"] * 2)


def _ago(what: str, long_ago: str, never: str) -> Telling:
    def words(days: int) -> str:
        if days >= MOST:
            return long_ago if days == MOST else never
        return f"{what} {'today' if days == 0 else f'{_days_of(days)} ago'}"

    return Telling(words, _days)


def _days_of(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _count(one: str, many: str, when: str) -> Callable[[int], str]:
    def words(number: int) -> str:
        if number >= MOST:
            return f"more than {MOST - 1} {many} {when}"
        return f"{number or 'no'} {one if number == 1 else many} {when}"

    return words


def _pace(one: str, many: str) -> Callable[[int], str]:
    single, several = (
        _amount("", f"{what} a month", *[f"no {what} a month"] * 2)
        for what in (one, many)
    )
    return lambda place: (single if place in (LITTLE, FIRST) else several)(place)


def _amount(before: str, after: str, none: str, below: str) -> Callable[[int], str]:
    def words(place: int) -> str:
        if place <= NONE:
            return none if place else below
        if place == LITTLE:
            return f"{before}less than 1 {after}".strip()
        about = AMOUNTS[min(place, PLACES - 1) - FIRST]
        least = "at least" if about == AMOUNTS[-1] else "about"
        return f"{before}{least} {about:,} {after}".strip()

    return words


def _money(before: str, after: str, none: str, below: str) -> Telling:
    return Telling(_amount(before, after, none, below), _to_two_digits)


def _known(days: int) -> str:
    return f"known for {_days_of(days)}" if days < MOST else "known for a year or more"


def _season(third: int) -> str:
    words = ("out of their season", "no season of their own", "in their season")
    return words[min(third, 2)]


def _due(percent: int) -> str:
    if percent >= MOST:
        return "more than three times their usual time between orders has passed"
    if percent == 0:
        return "no wait between orders to go by"
    return f"{percent} % of their usual time between orders has passed"


def _always(words: str) -> Telling:
    return Telling(lambda _: words, np.zeros_like)


SPECIAL = {
    "tenure_days": Telling(_known, _days),
    "days_since_last_activity": _ago("last active", *["not active within a year"] * 2),
    "days_since_first_order": _ago(
        "first order", "first order more than a year ago", "no order yet"
    ),
    "net_revenue_365d_amount": _money(
        "spent ",
        "within a year",
        "spent nothing within a year, net of refunds",
        "refunded more than spent within a year",
    ),
    "net_revenue_amount": _money(
        "spent ", "so far", "spent nothing so far, net", "refunded more than spent"
    ),
    "net_revenue_amount_per_month": _money(
        "spent ", "a month", "spent nothing so far, net", "refunded more than spent"
    ),
    "average_order_amount": _money(
        "", "an order on average", "no order of any amount", "orders below 0 on average"
    ),
    "email_click_30d_share": Telling(
        lambda n: f"clicked {n} % of the mails of 30 days", _percent
    ),
    "seasonality_strength": Telling(
        lambda n: f"{n} % of a full season of their own", _percent
    ),
    "is_identified": Telling(lambda n: "identified" if n else "anonymous", _whole),
    "season_alignment": Telling(_season, lambda values: _whole(values * 1.5 + 1)),
    "order_due_ratio": Telling(_due, _percent),
    "returning_log_odds": _always("the pace of their orders so far"),
    "returning_alive_log_odds": _always("how likely they still buy, by their pace"),
}
