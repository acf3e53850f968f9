"""What the registry still knows of clusters: ids and names given, and who stood when.

An artifact tells of its own forebears alone. After a roll back, or where the champion
could not be read, others have stood too: their ids and names stay theirs, and that they
went, or came back, is told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

from ml.common.naming import Name, snake
from ml.spec import Card, Inputs, Place

Row = dict[str, Any]
WHO = ("id", "name", "label")


def given_before(
    cards: Mapping[str, Card], stood: Collection[str], version: str
) -> dict[str, Name]:
    """Return the names by id of all clusters that readers were told of by others.

    Only versions that `stood` count: what lost a contest named nobody. Of a version
    that is known already, only those before it count: made again, it gives the same ids
    and names.
    """
    earlier = [
        one for one in takewhile(lambda it: it != version, cards) if one in stood
    ]
    return {one: name for each in earlier for one, name in _named(cards[each]).items()}


def history(inputs: Inputs, card: Card, version: str, own: Sequence[Row]) -> list[Row]:
    """Return all rows of `cluster_changes`, oldest first: what trainings and hands did.

    `own` are the rows that the artifact of `version`, which scores now, carries; `card`
    is what a card would say of it.
    """
    places = list(inputs.places)
    if not places or places[-1].version != version:
        places.append(Place(version, inputs.as_of_at.isoformat(), is_by_hand=False))
    cards = {version: card} | dict(inputs.cards)
    known = {version, *(row["model_version"] for row in own)}
    others = [
        row
        for one in dict.fromkeys(one.version for one in places if not one.is_by_hand)
        if one not in known
        for row in _rows(cards, one)
    ]
    turns = list(_turns(places, cards))
    return sorted([*own, *others, *turns], key=lambda row: str(row["changed_at"]))


def _turns(places: Sequence[Place], cards: Mapping[str, Card]) -> Iterator[Row]:
    """Who went and who came back where a version took the place of no forebear."""
    stood: set[str] = set()
    for before, after in pairwise(places):
        old, new = (_named(cards.get(one.version, {})) for one in (before, after))
        stood |= old.keys()
        rows = [] if after.is_by_hand else _rows(cards, after.version)
        told = {row[f"{who}cluster_id"] for row in rows for who in ("former_", "")}
        for one in [*old, *new]:
            if one in told or (one in old and one in new):
                continue
            kind = "gone" if one in old else "back" if one in stood else "new"
            yield _turn(kind, one, before, after, cards)


def _turn(
    kind: str, one: str, before: Place, after: Place, cards: Mapping[str, Card]
) -> Row:
    where = before if kind == "gone" else after
    card = cards[where.version]
    name = _named(card)[one]
    told = dict(zip(WHO, (one, name.name, name.label), strict=True))
    nobody = dict.fromkeys(WHO, "")
    former, current = (told, nobody) if kind == "gone" else (nobody, told)
    return {
        "changed_at": after.changed_at,
        "kind": kind,
        **{f"former_cluster_{part}": value for part, value in former.items()},
        **{f"cluster_{part}": value for part, value in current.items()},
        "customer_count": card.get("sizes", {}).get(one, 0),
        "former_share": 0.0,
        "cluster_share": 0.0,
        "former_model_version": before.version,
        "model_version": after.version,
    }


def _rows(cards: Mapping[str, Card], version: str) -> list[Row]:
    return list(cards.get(version, {}).get("history", ()))


def _named(card: Card) -> dict[str, Name]:
    """The clusters of a card; older ones have labels alone."""
    names = card.get("names", {})
    return {
        one: Name(names.get(one) or snake(label.partition(":")[0]), label)
        for one, label in card.get("clusters", {}).items()
    }
