"""Pictures of clusters: why so many of them, and how each differs from everybody."""

import io
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def elbow_png(table: pd.DataFrame, k: int) -> bytes:
    """Return a PNG of inertia and what else judges each k, the chosen k marked.

    Calinski-Harabasz has no bounds: it is drawn as a share of its largest.
    """
    figure = _figure(6.4, 3.9)
    left = figure.add_subplot(xlabel="clusters (k)", ylabel="inertia per customer")
    left.plot(table["k"], table["inertia"], marker="o", label="inertia")
    left.axvline(k, linestyle="--", color="grey", label=f"chosen: {k}")
    right = left.twinx()
    right.set_ylabel("silhouette, stability, share")
    separation = table["calinski_harabasz"]
    told = {
        "silhouette": ("tab:orange", table["silhouette"]),
        "stability": ("tab:green", table["stability"]),
        "Calinski-Harabasz": ("tab:purple", separation / max(separation.max(), 1e-9)),
    }
    for name, (colour, values) in told.items():
        right.plot(table["k"], values, marker="s", color=colour, label=name)
    figure.legend(loc="outside upper center", ncols=3)
    return _png(figure)


def profile_png(z_scores: pd.DataFrame) -> bytes:
    """Return a PNG of clusters by features, in standard deviations from the mean."""
    figure = _figure(7.2, 1.4 + 0.4 * len(z_scores))
    axes = figure.add_subplot()
    most = max(float(z_scores.abs().to_numpy().max()), 1e-9)
    cells = axes.imshow(z_scores, cmap="RdBu", vmin=-most, vmax=most, aspect="auto")
    axes.set_xticks(range(len(z_scores.columns)), list(z_scores.columns))
    axes.tick_params(axis="x", labelrotation=30)
    axes.set_yticks(range(len(z_scores)), list(z_scores.index))
    figure.colorbar(cells, label="standard deviations")
    return _png(figure)


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)  # draws without a screen, whatever the user's default
    return figure


def _png(figure: "Figure") -> bytes:
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()
