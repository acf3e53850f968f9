"""Who was in which segment, in plain Python: the last word on each moment counts."""

from collections.abc import Iterable
from datetime import datetime

Member = tuple[str, str]
Interval = tuple[str, str, datetime, datetime | None]


class Oracle:
    """What runs said, in their order; a run that is behind says nothing."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.told: list[tuple[datetime, datetime, frozenset[Member]]] = []

    def run(
        self, moment: datetime, recorded_at: datetime, members: Iterable[Member]
    ) -> None:
        """A run speaks of a moment."""
        if not self.told or moment >= max(said[0] for said in self.told):
            self.told.append((moment, recorded_at, frozenset(members)))

    def snapshots(self, known: datetime) -> dict[datetime, frozenset[Member]]:
        """By moment, in their order: who was in what, as it was known at another."""
        found = {
            moment: members
            for moment, recorded_at, members in self.told
            if recorded_at <= known
        }
        return dict(sorted(found.items()))

    def members(self, segment: str, moment: datetime, known: datetime) -> list[str]:
        """Who was in a segment at a moment, as it was known at another one."""
        before = [
            members for at, members in self.snapshots(known).items() if at <= moment
        ]
        last = before[-1] if before else frozenset()
        return sorted(customer for customer, name in last if name == segment)

    def intervals(self) -> set[Interval]:
        """The longest stretches of time in which each membership held."""
        found: set[Interval] = set()
        since: dict[Member, datetime] = {}
        for moment, members in self.snapshots(datetime.max).items():
            for member in set(since) - members:
                found.add((*member, since.pop(member), moment))
            for member in members - set(since):
                since[member] = moment
        return found | {(*member, at, None) for member, at in since.items()}
