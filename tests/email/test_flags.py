"""Bots and machine opens are told from people well enough, by the simulator's truth."""

import pytest

from benchmarks import flags
from tests.email.conftest import rows
from warehouse.settings import Settings

# Of a shop this small few devices are bots: their recall is the benchmark's to judge.
TOO_FEW = "bot_devices.recall"


def test_the_flags_reach_their_goals(mail_shop: Settings) -> None:
    told = flags.figures(mail_shop, "flags")
    judged = [figure for figure in told if not figure.name.endswith(TOO_FEW)]
    assert len([figure for figure in judged if figure.goal]) == 5
    assert [figure.line() for figure in judged if figure.is_short] == []
    assert all(figure.value > 50 for figure in told if figure.name.endswith("count"))


def test_flags_that_flag_nothing_fall_short(
    mail_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "select false as is_flagged, $truth is not null as is_machine"
    monkeypatch.setattr(flags, "SUBJECTS", {"nothing": query})
    count, precision, recall = flags.figures(mail_shop, "flags")
    assert count.value == 1
    assert precision.is_short
    assert recall.is_short


def test_only_opens_and_clicks_are_weighed(mail_shop: Settings) -> None:
    weighed = rows(
        mail_shop,
        """
        select event_name in ('email_opened', 'email_link_clicked'),
            min(machine_confidence) >= 0 and max(machine_confidence) <= 1,
            count(*) filter (machine_confidence is null),
            count(*) filter (machine_reason is not null and machine_confidence < 0.5)
        from behavior.email_events group by 1 order by 1
        """,
    )
    others, acts = weighed
    assert (others[1], others[3]) == (None, 0)
    assert acts[1:] == (True, 0, 0)


def test_no_event_is_lost_to_a_flag(mail_shop: Settings) -> None:
    """Flagged, never deleted."""
    lost = rows(
        mail_shop,
        """
        select staged.event_id from staging.stg_esp__events as staged
        left join behavior.email_events as events using (event_id)
        where events.event_id is null
        """,
    )
    assert lost == []
