"""Batches worked on side by side come back in their order, or say what went wrong."""

import threading
from collections.abc import Iterator

import pytest

from ml.common.abreast import MOST_THREADS, abreast


def test_the_order_stays() -> None:
    assert list(abreast(lambda one: one * one, range(50))) == [i * i for i in range(50)]
    assert list(abreast(str, [])) == []


def test_few_batches_are_read_ahead() -> None:
    read: list[int] = []

    def batches() -> Iterator[int]:
        for one in range(100):
            read.append(one)
            yield one

    results = abreast(abs, batches())
    assert next(results) == 0
    assert len(read) <= MOST_THREADS + 1


def test_a_mistake_is_raised_and_no_thread_stays() -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        list(abreast(lambda one: 1 // (one - 3), range(20)))
    assert threading.active_count() == before
