"""What people decide about clusters instead of the model: their number, their names."""

from collections.abc import Mapping

import pandas as pd

from ml.common.clusters import Clusters
from ml.common.naming import Name, snake
from warehouse.errors import TesseraError, nearest

MOST_CLUSTERS = 50
COUNT, NAMES = "cluster_count", "cluster_names"
FILE = "dbt_project.yml"


def given_count(variables: Mapping[str, object]) -> int | None:
    """Return how many clusters the var `cluster_count` asks for; None if it is empty.

    Raises TesseraError for what is no whole number from 2 to 50.
    """
    given = variables.get(COUNT)
    if given is None or given == "":
        return None
    if type(given) is int and 2 <= given <= MOST_CLUSTERS:
        return given
    raise TesseraError(
        "the number of clusters is out of range",
        where=f"{FILE}: {COUNT}",
        given=str(given),
        allowed=f"a whole number from 2 to {MOST_CLUSTERS}, or empty for the elbow",
        remedy="Choose another number.",
    )


def chosen_names(known: Clusters, variables: Mapping[str, object]) -> pd.DataFrame:
    """Return id, name and label of each cluster: by the var `cluster_names`, else ours.

    Raises TesseraError for an id that no cluster has or had, and for a name that is or
    was another cluster's.
    """
    chosen = _chosen(variables)
    names = [_named(chosen, known, place) for place in range(len(known.all_ids))]
    for label in chosen.values():
        _require_free(label, [one.name for one in names])
    for one in chosen:
        if one not in known.all_ids:
            raise _unknown(one, known)
    return pd.DataFrame(
        {
            "cluster_id": known.ids,
            "cluster_name": [one.name for one in names[: known.k]],
            "cluster_label": [one.label for one in names[: known.k]],
        }
    )


def _chosen(variables: Mapping[str, object]) -> dict[str, str]:
    given = variables.get(NAMES) or {}
    if isinstance(given, Mapping) and all(snake(str(one)) for one in given.values()):
        return {str(one): str(label) for one, label in given.items()}
    raise TesseraError(
        "the names of clusters cannot be read",
        where=f"{FILE}: {NAMES}",
        given=str(given),
        allowed="a name by cluster_id, such as {c2: Seasonal browsers}",
    )


def _named(chosen: Mapping[str, str], known: Clusters, place: int) -> Name:
    label = chosen.get(known.all_ids[place])
    return Name(snake(label), label) if label else known.all_names[place]


def _require_free(label: str, names: list[str]) -> None:
    if names.count(snake(label)) > 1:
        raise TesseraError(
            "the name is, or was, another cluster's",
            where=f"{FILE}: {NAMES}",
            given=label,
            allowed="names that differ from those of all clusters, also of former ones",
        )


def _unknown(given: str, known: Clusters) -> TesseraError:
    hint = nearest(given, known.all_ids) or ""
    return TesseraError(
        "there is no such cluster",
        where=f"{FILE}: {NAMES}",
        given=given,
        allowed=", ".join(known.ids),
        remedy=f"{hint} `marts.cluster_profiles` has the ids.".strip(),
    )
