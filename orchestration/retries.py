"""What is tried again: trouble that may pass, and nothing that a person must mend."""

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import Backoff, Failure, Jitter, RetryPolicy

from warehouse.errors import may_pass

# After about five and fifteen seconds; the run keeps its lock meanwhile.
RETRIES = RetryPolicy(
    max_retries=2, delay=5, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS
)


@contextmanager
def retried_if_passing() -> Iterator[None]:
    """Let go what may pass by itself, which Dagster tries again; end the step else.

    Raises:
        Failure: the trouble stays, however often it is met.
    """
    try:
        yield
    except Exception as error:
        if may_pass(error):
            raise
        raise Failure(str(error), allow_retries=False) from error
