"""Our two shapes of rules: offenders are counted, few are kept; no number fails."""

from contextlib import closing
from dataclasses import replace

import pytest

from expectations import Gate
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from warehouse.connection import connect
from warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("without_pages")

EVERYBODY = NoOffenders(
    entry="everybody",
    expects="There are no profiles",
    table="identity.golden_profiles",
    offenders="select customer_id from identity.golden_profiles",
    remedy="None",
)
MEASURE = WithinBounds(
    entry="measure",
    expects="The measure is small",
    table="identity.golden_profiles",
    measures="select null as item, 1 as observed, 0 as minimum, 2 as maximum,"
    " null as reason",
    remedy="None",
)


def judged(rule: Rule, settings: Settings) -> str:
    gate = Gate("made_up", "before_ml", "Made up", "For a test.", lambda _: [rule])
    return "; ".join(
        f"{result.entry} {result.state} {result.observed}"
        for result in gate.run(settings, "default")
    )


def test_all_offenders_are_counted(sound_shop: Settings) -> None:
    assert judged(EVERYBODY, sound_shop) == "everybody failed 400 rows"


def test_few_offenders_are_kept(sound_shop: Settings) -> None:
    from expectations.engine.custom import KEPT_OFFENDERS, offenders_query

    query = offenders_query(EVERYBODY).replace("{batch}", EVERYBODY.table)
    with closing(connect(sound_shop.build_path, read_only=True)) as connection:
        assert len(connection.execute(query).fetchall()) == KEPT_OFFENDERS <= 1000


@pytest.mark.parametrize(
    ("observed", "told"),
    [
        ("1", "measure passed 1"),
        ("2", "measure passed 2"),
        ("2.5", "measure failed 2.500"),
        ("-1", "measure failed -1"),
        ("null", "measure failed no value"),
        ("'nan'::double", "measure failed nan"),
        ("'inf'::double", "measure failed inf"),
    ],
)
def test_a_measure_is_within_its_bounds_or_fails(
    observed: str, told: str, sound_shop: Settings
) -> None:
    measures = MEASURE.measures.replace("1 as observed", f"{observed} as observed")
    assert judged(replace(MEASURE, measures=measures), sound_shop) == told


def test_a_measure_that_cannot_be_judged_says_so(sound_shop: Settings) -> None:
    measures = MEASURE.measures.replace("null as reason", "'too few' as reason")
    told = judged(replace(MEASURE, measures=measures), sound_shop)
    assert told == "measure not applicable nothing to judge"


def test_nothing_measured_is_not_a_success(sound_shop: Settings) -> None:
    rule = replace(MEASURE, measures=f"{MEASURE.measures} where false")
    told = judged(rule, sound_shop)
    assert told == "measure not applicable nothing to judge"


def test_an_open_bound_is_open(sound_shop: Settings) -> None:
    measures = MEASURE.measures.replace("2 as maximum", "null as maximum")
    measures = measures.replace("1 as observed", "1e9 as observed")
    told = judged(replace(MEASURE, measures=measures), sound_shop)
    assert told == "measure passed 1,000,000,000"
