"""A shop that is built and published once; each test spoils a copy of it."""

import pytest

from tests.conftest import Once
from tests.erasure.people import copied, made
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def shop_once(once: Once) -> Settings:
    """Built once, and published twice."""
    return once("erasure", lambda settings: made(settings.data_dir))


@pytest.fixture
def shop(shop_once: Settings, settings: Settings) -> Settings:
    """A copy of that shop."""
    return copied(shop_once, settings)
