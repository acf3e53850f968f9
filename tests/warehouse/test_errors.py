"""A mistake is answered by one good sentence."""

import pickle

from warehouse.errors import TesseraError, nearest


def test_all_parts_make_one_text() -> None:
    error = TesseraError(
        "segment `vips` uses a column that is not there",
        where="segments.yml",
        given="`lifetime_spent`",
        allowed=["lifetime_spend", "order_count"],
        remedy=nearest("lifetime_spent", ["lifetime_spend", "order_count"]),
    )
    assert str(error) == (
        "segments.yml: segment `vips` uses a column that is not there"
        " (given: `lifetime_spent`). Allowed: `lifetime_spend`, `order_count`."
        " Did you mean `lifetime_spend`?"
    )


def test_parts_that_are_missing_leave_no_trace() -> None:
    assert str(TesseraError("nothing has landed")) == "nothing has landed."


def test_nothing_close_is_not_guessed() -> None:
    assert nearest("zebra", ["customers", "orders"]) is None


def test_it_survives_another_process() -> None:
    error = TesseraError("it broke", where="here", allowed=["a", "b"], remedy="Mend it")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
