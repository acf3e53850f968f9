"""The clusters a training leaves behind: centres, ids, names, and all that ever were.

They are kept as plain arrays, lists and dicts, which any version can read and check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml.common.encoding import Floats
from ml.common.groups import Crowd, Ruler, crowd
from ml.common.naming import Name
from ml.common.season import Season

RULER = ("cap", "mean", "spread")
PLAIN = ("columns", "ids", "retired_ids", "elbow", "changes", "version", "data")
ARRAYS = ("centres", "born", "reach")


@dataclass(frozen=True)
class Clusters:
    """Clusters in the order of their centres.

    `born` are the centres as they were when the clusters got their names, `reach` how
    far each may move from there. `retired_ids` and `retired_names` are those of the
    clusters that are gone. `changes` is all that was ever told of them, row by row;
    `learned_from` a hash of the customers, `data` of that and the former clusters.
    """

    columns: list[str]
    ruler: Ruler
    centres: Floats
    born: Floats
    reach: Floats
    ids: list[str]
    names: list[Name]
    retired_ids: list[str]
    retired_names: list[Name]
    changes: list[dict[str, Any]]
    elbow: dict[str, list[float]]
    version: str
    data: str
    learned_from: str

    @property
    def k(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def all_ids(self) -> list[str]:
        """The ids of all clusters that are or ever were."""
        return [*self.ids, *self.retired_ids]

    @property
    def all_names(self) -> list[Name]:
        """Their names, in the same order."""
        return [*self.names, *self.retired_names]

    def crowd(self, rows: pd.DataFrame) -> Crowd:
        """Return customers as points beside the centres."""
        return crowd(rows, tuple(self.columns), self.ruler)

    def plain(self) -> dict[str, Any]:
        """Return all of it without a class of its own."""
        ruler = {name: getattr(self.ruler, name) for name in RULER}
        season = self.ruler.season
        return {
            **{name: getattr(self, name) for name in (*PLAIN, *ARRAYS)},
            "learned_from": self.learned_from,
            "ruler": {**ruler, "first": season.first, "ratios": season.ratios},
            "names": [[one.name, one.label] for one in self.names],
            "retired_names": [[one.name, one.label] for one in self.retired_names],
        }


def clusters_of(plain: Mapping[str, Any]) -> Clusters:
    """Return the clusters that `plain` gave; raises KeyError for what is none."""
    ruler = plain["ruler"]
    season = Season(ruler["first"], ruler["ratios"])
    return Clusters(
        **{name: plain[name] for name in (*PLAIN, *ARRAYS)},
        learned_from=plain["learned_from"],
        ruler=Ruler(ruler["cap"], ruler["mean"], ruler["spread"], season),
        names=[Name(*one) for one in plain["names"]],
        retired_names=[Name(*one) for one in plain["retired_names"]],
    )
