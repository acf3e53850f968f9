"""Plots of a model's card as PNG: calibration and lift, drawn from its numbers."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Deciles: TypeAlias = Sequence[Mapping[str, Any]]
SIZE = (6.4, 3.6)


def card_plots(card: Mapping[str, Any]) -> dict[str, bytes]:
    """Return PNGs by name: `calibration` and `lift`; none without a calibration."""
    deciles = card.get("calibration")
    if not deciles:
        return {}
    return {"calibration": calibration_png(deciles), "lift": lift_png(deciles)}


def calibration_png(deciles: Deciles) -> bytes:
    """Return what was said by decile against what happened, with the band of chance.

    `deciles` are the rows of `metrics.calibration_table`. The scales are square roots,
    since most probabilities lie near zero.
    """
    said = [row["predicted_share"] for row in deciles]
    seen = [row["actual_share"] for row in deciles]
    below = [row["predicted_share"] - row["low_share"] for row in deciles]
    above = [row["high_share"] - row["predicted_share"] for row in deciles]
    figure = _figure()
    axes = figure.add_subplot(xlabel="said (mean probability)", ylabel="share who did")
    most = max([*said, *seen, 0.01]) * 1.05
    axes.plot([0, most], [0, most], linestyle="--", color="grey", label="as said")
    axes.errorbar(
        said, said, yerr=(below, above), fmt="none", capsize=3, color="grey",
        label="95 % of chance",
    )  # fmt: skip
    axes.plot(said, seen, marker="o", linestyle="", label="tenth of the customers")
    for scale in (axes.set_xscale, axes.set_yscale):
        scale("function", functions=(_root, _square))
    axes.set(xlim=(0, most), ylim=(0, most))
    figure.legend(loc="upper center", ncols=3)
    return _png(figure)


def lift_png(deciles: Deciles) -> bytes:
    """Return the lift of each decile, and the share of buyers met from the top on."""
    numbers = [int(row["score_decile"]) for row in deciles]
    counts = [row["customer_count"] for row in deciles]
    hits = [row["actual_share"] * row["customer_count"] for row in deciles]
    figure = _figure()
    left = figure.add_subplot(xlabel="decile, 1 the highest", ylabel="lift")
    left.bar(numbers, [row["lift"] for row in deciles], label="lift (1 is chance)")
    left.axhline(1, linestyle="--", color="grey")
    left.set_xticks(numbers)
    right = left.twinx()
    right.set(ylabel="share of all buyers met", ylim=(0, 1.02))
    right.plot(
        numbers, _running(hits), marker="s", color="tab:orange", label="buyers met"
    )
    right.plot(
        numbers, _running(counts), linestyle=":", color="grey", label="by chance"
    )
    figure.legend(loc="upper center", ncols=3)
    return _png(figure)


def _running(parts: Sequence[float]) -> list[float]:
    whole = sum(parts) or 1
    return [sum(parts[: at + 1]) / whole for at in range(len(parts))]


def _root(values: Any) -> Any:
    return abs(values) ** 0.5


def _square(values: Any) -> Any:
    return values**2


def _figure() -> Figure:
    figure = Figure(figsize=SIZE)
    # A layout that finds its own margins draws everything twice.
    figure.subplots_adjust(left=0.11, right=0.89, bottom=0.14, top=0.88)
    return figure


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)  # draws without a screen, whatever the user's default
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()
