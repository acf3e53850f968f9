"""`tessera demo`: from nothing to a published shop, in one command."""

from typing import Annotated

from typer import Exit, Option

from tessera.explain import tell_somebody
from tessera.output import console
from tessera.pipeline import run_pipeline
from tessera.segments.overlap import tell_matrix
from tessera.simulate import simulate_into
from warehouse.landing import landed_paths
from warehouse.locking import require_free
from warehouse.settings import load_settings


def demo(
    customers: Annotated[int, Option(min=1, help="How many people.")] = 10_000,
    days: Annotated[int, Option(min=1, help="How many days of history.")] = 180,
    seed: Annotated[int, Option(min=0, help="The same seed, the same shop.")] = 1,
) -> None:
    """Simulate a shop if there is none yet, run everything, tell what came out."""
    settings = load_settings()
    require_free(settings)
    from orchestration.execution import Options

    if next(landed_paths(settings.raw_dir), None) is None:
        simulate_into(settings.raw_dir, customers=customers, days=days, seed=seed)
    else:
        console.print(f"The shop in {settings.raw_dir} stays; only news is taken in.")
    outcome = run_pipeline(settings, Options())
    if not outcome.succeeded:
        raise Exit(1)
    from tessera.summary import tell_publication

    tell_publication(settings)
    tell_matrix(settings)
    # Nobody in the simulated shop is real; `tessera run` never prints a person.
    tell_somebody(settings)
