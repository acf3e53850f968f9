"""A shop that is built and published once; each test spoils a copy of it."""

import pytest

from tests.erasure.people import copied, made
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def shop_once(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Built once, and published twice."""
    return made(tmp_path_factory.mktemp("erasure") / "a shop's data")


@pytest.fixture
def shop(shop_once: Settings, settings: Settings) -> Settings:
    """A copy of that shop."""
    return copied(shop_once, settings)
