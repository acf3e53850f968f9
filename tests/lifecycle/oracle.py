"""The judge of stages: the rules' own words in plain Python, asked for one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

LAPSED_AFTER = timedelta(days=60)
REACTIVATED_FOR = timedelta(days=30)
INTERESTED_FOR = timedelta(days=30)
QUIET_FOR = timedelta(hours=4)
INTEREST = ("product_viewed", "email_link_clicked")
ENGAGED_FROM = 3
# What is done to a person is no activity of theirs.
PASSIVE = ("email_delivered", "email_opened")


@dataclass(frozen=True)
class History:
    """What a person did, in any order, and since when they are known."""

    known_at: datetime
    acts: Sequence[tuple[datetime, str]]

    @property
    def active(self) -> list[tuple[datetime, str]]:
        """What counts, by its moment."""
        return sorted(act for act in self.acts if act[1] not in PASSIVE)

    @property
    def began_at(self) -> datetime:
        """The first thing they did, or that they became known."""
        return min([self.known_at, *(at for at, _ in self.active)])


def stage(history: History, moment: datetime) -> str | None:
    """The stage at a moment, or nothing where they were not yet seen."""
    if moment < history.began_at:
        return None
    acts = [act for act in history.active if act[0] <= moment]
    orders = [at for at, name in acts if name == "order_placed"]
    proofs = orders or [at for at, _ in acts] or [history.known_at]
    if moment - proofs[-1] >= LAPSED_AFTER:
        return "lapsed"
    if any(
        later - former >= LAPSED_AFTER and moment - later < REACTIVATED_FOR
        for former, later in pairwise(proofs)
    ):
        return "reactivated"
    if orders:
        return "repeat_buyer" if len(orders) > 1 else "first_time_buyer"
    recent = [(at, name) for at, name in acts if moment - at < INTERESTED_FOR]
    has_cart = any(name == "product_added" for _, name in recent)
    if has_cart and moment - acts[-1][0] >= QUIET_FOR:
        return "cart_abandoner"
    looks = sum(name in INTEREST for _, name in recent)
    if has_cart or looks >= ENGAGED_FROM:
        return "engaged_prospect"
    return "new_visitor"
