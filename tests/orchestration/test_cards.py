"""The pages of models: of what is new and of what scores, each drawn once."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from ml.common.drift import DRIFT
from ml.common.frames import empty
from orchestration.cards import keep_plots, write_cards
from warehouse.errors import TesseraError
from warehouse.settings import Settings

NOW = datetime(2026, 3, 1)
DECILE = {
    "score_decile": 1, "customer_count": 10, "predicted_share": 0.2,
    "low_share": 0.0, "high_share": 0.5, "actual_share": 0.1, "lift": 1.0,
}  # fmt: skip
MOVED = pd.DataFrame(
    [
        {
            "feature": "score",
            "verdict": "drifted",
            "largest_shift": "up to 0.1: 90.0 % then, 10.0 % now",
            "model_version": "p-old",
            "psi": 2.0,
            "psi_usual": 0.1,
            "psi_unusual": 1.9,
        }
    ]
)


def version(name: str, **told: Any) -> dict[str, Any]:
    card = {"metrics": {"roc_auc": 0.8}, "calibration": [DECILE]}
    return {
        "model_name": "purchase_30d",
        "model_version": name,
        "state": "retired",
        "reason": "",
        "decision": f"of {name} <b>",
        "figures": '{"difference": 0.01}',
        "data_from_at": pd.NaT,
        "as_of_at": NOW - timedelta(days=1),
        "metrics": json.dumps(card),
        **told,
    }


@pytest.fixture
def register() -> pd.DataFrame:
    return pd.DataFrame(
        [
            version("p-old", state="champion"),
            version("p-before"),
            version("p-new", state="challenger", as_of_at=NOW),
        ]
    )


def test_who_scores_and_who_is_new_has_a_page(
    settings: Settings, register: pd.DataFrame
) -> None:
    pages = write_cards(settings, register, MOVED, NOW)
    folder = settings.reports_dir / "models" / "purchase_30d"
    assert sorted(one.name for one in folder.iterdir()) == ["p-new", "p-old"]
    assert pages == {"purchase_30d": folder / "p-old" / "card.html"}
    standing, new = ((folder / name / "card.html").read_text() for name in
        ("p-old", "p-new"))  # fmt: skip
    for said in ("champion", "of p-old &lt;b&gt;", "90.0 % then", "0.010"):
        assert said in standing
    assert "challenger" in new
    assert "Drift since then" not in new
    assert ">nan<" not in standing
    assert ">NaT<" not in standing


def test_the_page_of_who_lost_the_place_says_so(
    settings: Settings, register: pd.DataFrame
) -> None:
    write_cards(settings, register, MOVED, NOW)
    moved = register.assign(
        state=["retired", "champion", "challenger"], former_version=["", "p-old", ""]
    )
    write_cards(settings, moved, MOVED.head(0), NOW + timedelta(days=1))
    folder = settings.reports_dir / "models" / "purchase_30d"
    page = (folder / "p-old" / "card.html").read_text()
    assert "retired" in page
    assert "champion" not in page


def test_what_a_training_drew_is_on_its_page(
    settings: Settings, register: pd.DataFrame
) -> None:
    keep_plots(settings, "purchase_30d", "p-old", {"elbow": b"as drawn"})
    page = write_cards(settings, register, MOVED, NOW)["purchase_30d"]
    assert [one.name for one in page.parent.glob("*.png")] == ["elbow.png"]
    assert base64.b64encode(b"as drawn").decode() in page.read_text()


def test_the_plots_of_a_version_are_drawn_once(
    settings: Settings, register: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cards(settings, register, MOVED, NOW)

    def drawn(card: object) -> dict[str, bytes]:
        raise AssertionError("drawn again")

    monkeypatch.setattr("orchestration.cards.card_plots", drawn)
    page = write_cards(settings, register, MOVED, NOW)["purchase_30d"].read_text()
    assert page.count("data:image/png") == 2


def test_nothing_trained_is_no_page(settings: Settings) -> None:
    columns = ["model_name", "model_version", "state", "as_of_at", "metrics"]
    none = empty({**DRIFT, "model_version": "str"})
    assert write_cards(settings, pd.DataFrame(columns=columns), none, NOW) == {}


def test_a_folder_that_cannot_be_written_is_told(
    settings: Settings, register: pd.DataFrame
) -> None:
    settings.reports_dir.parent.mkdir(parents=True)
    settings.reports_dir.write_text("no folder")
    with pytest.raises(TesseraError, match="cannot be written"):
        write_cards(settings, register, MOVED, NOW)
