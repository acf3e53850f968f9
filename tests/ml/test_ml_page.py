"""The page of a card: whole, readable without a network; it lets nothing through."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from ml.common.metrics import bootstrap, calibration_table, ece_by_chance, measure
from ml.common.page import card_page
from ml.common.plots import card_plots

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def card() -> dict[str, object]:
    random = np.random.default_rng(2)
    said = random.beta(0.4, 4, 600)
    bought = (random.random(600) < said).astype("float64")
    return {
        "target": "purchased_within_30d",
        "metrics": measure(bought, said).as_dict(),
        "intervals": bootstrap(bought, said, seed=1, rounds=20),
        "ece_by_chance": ece_by_chance(said, seed=1, rounds=20),
        "baselines": {"recency": {"roc_auc": 0.7, "pr_auc": 0.2}},
        "moments": [{"as_of_at": "2026-01-01T00:00:00", "role": "test"}],
        "calibration": calibration_table(bought, said),
        "importances": {"order_count": 0.02},
        "quality_floor": {"roc_auc": 0.6},
        "reference": {"features": {"order_count": {"edges": [123456.5]}}},
        "nested": {"rows": [{"a": 1}], "words": EVIL},
    }


@pytest.fixture(scope="module")
def plots(card: dict[str, object]) -> dict[str, bytes]:
    return card_plots(card)


class Page(HTMLParser):
    """Whether each tag that opens closes, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.standing: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.standing.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.standing.pop() == tag


def test_the_page_is_whole_and_loads_nothing(
    card: dict[str, object], plots: dict[str, bytes]
) -> None:
    drift = pd.DataFrame([{"feature": "score", "verdict": "drifted"}])
    for name in ("psi", "psi_usual", "psi_unusual", "largest_shift"):
        drift[name] = 0.3
    text = card_page(
        "purchase_30d",
        "propensity-1",
        card,
        plots=plots,
        decision={"state": "champion", "rule": "the first one"},
        drift=drift.to_dict(orient="records"),
    )
    page = Page(text)
    assert page.standing == []
    assert len(page.loads) == 2
    assert all(one.startswith("data:image/png;base64,iVBOR") for one in page.loads)
    assert "http" not in text
    for said in ("champion", "What it cannot tell", "recency", "2026-01-01 00:00"):
        assert said in text
    assert text.count("drifted") == 3
    assert "123456" not in text


def test_columns_stand_as_people_read_them_and_the_strongest_come_first() -> None:
    """The register keeps the names of a card by the alphabet."""
    leans = {f"feature_{number:02d}": number / 100 for number in range(30)}
    deciles = [{"actual_share": 0.1, "lift": 1.0, "score_decile": 1}]
    card = {"importances": leans, "calibration": deciles}
    text = card_page("churn", "v", card, plots={})
    head = ["score decile", "actual share", "lift"]
    assert re.findall("<th>([^<]*)</th>", text)[:3] == head
    assert re.findall(r"feature \d\d", text) == [
        f"feature {n}" for n in range(29, 14, -1)
    ]


def test_whatever_a_value_holds_is_text(card: dict[str, object]) -> None:
    evil = card | {"reason": EVIL, "state": EVIL, "cannot_tell": [EVIL], EVIL: EVIL}
    text = card_page(EVIL, EVIL, evil, plots={EVIL: b"png"}, decision={EVIL: EVIL})
    assert "<script" not in text
    assert text.count("&lt;script&gt;") > 8
    assert Page(text).standing == []


def test_a_card_of_too_little_data_says_what_is_missing() -> None:
    card = {"state": "not_enough_data", "reason": "The moments hold 3 purchases."}
    text = card_page("churn", "", card, plots=card_plots(card))
    assert "<b>not enough data.</b> The moments hold 3 purchases." in text
    assert not re.search("How it was judged|Moments it saw|<img", text)


def test_the_plots_are_pictures(plots: dict[str, bytes]) -> None:
    assert plots.keys() == {"calibration", "lift"}
    assert all(png.startswith(b"\x89PNG") for png in plots.values())
