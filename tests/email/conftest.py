"""One small shop with newsletters, built from raw files as far as email goes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pytest

from benchmarks.flags import MODELS
from simulator import simulate
from tests.conftest import Once
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

AS_OF = datetime(2025, 12, 31)


def build(
    settings: Settings,
    models: Iterable[str],
    as_of: datetime | None = AS_OF,
    *,
    full_refresh: bool = False,
) -> None:
    """Build these models and what they need, without dbt's own tests.

    Without `as_of` the newest arrival is the clock.
    """
    needed = [f"+{model},resource_type:model" for model in models]
    select(settings, ["resource_type:seed", *needed], as_of, full_refresh=full_refresh)


def select(
    settings: Settings,
    nodes: Sequence[str],
    as_of: datetime | None = None,
    *,
    full_refresh: bool = False,
) -> None:
    """Build these nodes and nothing else, without dbt's own tests."""
    dbt_build(
        settings,
        select=nodes,
        full_refresh=full_refresh,
        variables={"as_of": as_of.isoformat(sep=" ")} if as_of else None,
        excluded=["test", "unit_test"],
    )


def rows(settings: Settings, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a query says about the build database."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query, values or None).fetchall()


@pytest.fixture(scope="session")
def mail_shop(once: Once) -> Settings:
    """600 customers over 100 days, as far as the flags and the habits."""

    def make(settings: Settings) -> None:
        simulate(settings.raw_dir, customers=600, days=100, seed=11)
        build(settings, (*MODELS, "mart_email_habits", "mart_email_engagement"))

    return once("mail shop", make)
