"""The cards of models as pages beside the reports: one a version, and its plots."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ml.common.page import card_page
from ml.common.plots import card_plots
from warehouse.folders import make_folder, unwritable
from warehouse.settings import Settings

PAGE = "card.html"
# What the register says of a version's place, in the order in which it is told.
PLACE = (
    *("state", "reason", "decision", "decided_by", "former_version", "figures"),
    *("as_of_at", "data_from_at", "data_to_at"),
)


def write_cards(
    settings: Settings, register: pd.DataFrame, moved: pd.DataFrame, moment: datetime
) -> dict[str, Path]:
    """Write the page of each version that scores or was trained at this moment.

    And of that which lost its place to one that scores. `register` is `ml.models`,
    `moved` `ml.model_drift`. The pages of others stay as they are. Gives back the pages
    by model.

    Raises:
        TesseraError: the folder of reports cannot be written.
    """
    pages = {}
    for row in _told_anew(register, moved, moment):
        name, version = row["model_name"], row["model_version"]
        folder = _folder(settings, name, version)
        drift = moved[moved["model_version"] == version].sort_values(
            ["psi_unusual", "psi"], ascending=False
        )
        card = json.loads(row["metrics"])
        page = card_page(
            name,
            version,
            card,
            plots=_plots(folder, card),
            decision=_place(row),
            drift=drift.to_dict(orient="records"),
        )
        pages[name] = _write(folder / PAGE, page.encode())
    return pages


def keep_plots(
    settings: Settings, name: str, version: str, plots: Mapping[str, bytes]
) -> None:
    """Lay what a training drew where its page looks for it.

    Raises:
        TesseraError: the folder of reports cannot be written.
    """
    for title, png in plots.items():
        _write(_folder(settings, name, version) / f"{title}.png", png)


def _told_anew(
    register: pd.DataFrame, moved: pd.DataFrame, moment: datetime
) -> Iterator[Mapping[str, Any]]:
    """Those that score come last, so that theirs is the page of their model."""
    standing = register["state"] == "champion"
    is_new = register["as_of_at"] == moment
    others = [*_scored(moved), *_replaced(register[standing])]
    told = register[is_new | standing | register["model_version"].isin(others)]
    ordered = told.assign(is_last=standing).sort_values("is_last", kind="stable")
    for row in ordered.to_dict(orient="records"):
        yield {str(name): value for name, value in row.items()}


def _scored(moved: pd.DataFrame) -> list[str]:
    return [str(version) for version in moved["model_version"].unique()]


def _replaced(champions: pd.DataFrame) -> list[str]:
    """The pages of these still say that they score."""
    former = champions.get("former_version", pd.Series(dtype="str"))
    return [str(version) for version in former if version and version == version]


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in PLACE if name in row}
    if told.get("figures"):
        told["figures"] = json.loads(told["figures"])
    # What is missing is NaN, NaT, None or an empty text.
    return {name: one for name, one in told.items() if one and one == one}


def _plots(folder: Path, card: Mapping[str, Any]) -> dict[str, bytes]:
    """Those that were drawn when it was trained; a version's never change."""
    drawn = {file.stem: file.read_bytes() for file in sorted(folder.glob("*.png"))}
    if drawn:
        return drawn
    plots = card_plots(card)
    for name, png in plots.items():
        _write(folder / f"{name}.png", png)
    return plots


def _folder(settings: Settings, name: str, version: str) -> Path:
    return settings.reports_dir / "models" / name / (version or "none")


def _write(path: Path, content: bytes) -> Path:
    make_folder(path.parent)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise unwritable(path, error) from error
    return path
