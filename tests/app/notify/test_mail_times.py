"""When e-mails may go out: quiet hours and digests in any time zone, over changes of the clock too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.notify.models import NoticePreference
from app.notify.times import mail_time, quiet

ZONES = ("Asia/Shanghai", "UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe")
CLOCK = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def wishes(**said: str) -> NoticePreference:
    return NoticePreference(person_id=new_id(), **said)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-01 12:00", "2026-03-01 12:00"),
        ("2026-03-01 21:59", "2026-03-01 21:59"),
        ("2026-03-01 22:00", "2026-03-02 08:00"),
        ("2026-03-02 03:00", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 08:00"),
    ],
)
def test_quiet_hours_over_midnight(local: str, expected: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    moment = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    assert mail_time(moment, wishes()).astimezone(zone).strftime("%Y-%m-%d %H:%M") == expected


def test_a_digest_comes_at_its_hour() -> None:
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)  # 08:30 in China
    assert mail_time(moment, wishes(pace="daily", digest_at="08:00")) == datetime(
        2026, 3, 2, 0, 0, tzinfo=UTC
    )
    assert mail_time(moment, wishes(pace="daily", digest_at="09:00")) == datetime(
        2026, 3, 1, 1, 0, tzinfo=UTC
    )


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    CLOCK,
    CLOCK,
    st.sampled_from(["each", "daily"]),
)
def test_never_before_never_in_quiet_hours_and_soon(
    moment: datetime, zone: str, begins: str, ends: str, pace: str
) -> None:
    said = wishes(time_zone=zone, quiet_from=begins, quiet_to=ends, pace=pace, digest_at=begins)
    found = mail_time(moment, said)
    assert moment <= found <= moment + timedelta(days=2)
    if pace == "each":
        at = found.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
        # Where clocks are put back, the hour before the end of the quiet comes twice.
        twice = (
            (found - timedelta(hours=1)).astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
        )
        assert not quiet(at, time.fromisoformat(begins), time.fromisoformat(ends)) or twice == at
