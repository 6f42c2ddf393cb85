"""Who is told, when, and how a message proves itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.notifying import signing
from posthub_assets.domain.notifying.quiet_hours import Preferences, earliest, read_preferences
from posthub_assets.domain.notifying.reminders import STEPS_H, due_step_h
from posthub_assets.domain.notifying.retrying import DELAYS_S, retry_delay_s
from posthub_assets.domain.notifying.topics import check_topics, is_for_webhooks

KEY = b"k" * 32


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "asked", "told"),
    [
        ("Europe/Prague", "2026-11-10T19:59", "2026-11-10T19:59"),
        ("Europe/Prague", "2026-11-10T20:00", "2026-11-11T08:00"),
        ("Europe/Prague", "2026-11-11T03:00", "2026-11-11T08:00"),
        ("Asia/Tehran", "2026-11-10T23:30", "2026-11-11T08:00"),
        ("Europe/Kyiv", "2026-12-31T22:00", "2027-01-01T08:00"),
        ("America/Los_Angeles", "2026-11-10T07:59", "2026-11-10T08:00"),
        # The night in which the clock is set: it is eight by that day's own clock.
        ("Europe/Prague", "2026-10-24T23:00", "2026-10-25T08:00"),
        ("Europe/Prague", "2027-03-27T23:00", "2027-03-28T08:00"),
    ],
)
def test_quiet_hours_end_at_eight_where_the_company_is(zone, asked, told):
    assert earliest(at(zone, asked), Preferences(), zone) == at(zone, told)


def test_a_persons_own_zone_and_hours_go_before_the_companys():
    own = Preferences(quiet_from=time(12), quiet_until=time(14), zone="Asia/Tokyo")
    noon = at("Asia/Tokyo", "2026-11-10T12:30")
    assert earliest(noon, own, "Europe/Prague") == at("Asia/Tokyo", "2026-11-10T14:00")
    night = at("Asia/Tokyo", "2026-11-10T23:30")
    assert earliest(night, own, "Europe/Prague") == night


def test_equal_ends_mean_that_nothing_is_quiet():
    night = at("Europe/Prague", "2026-11-10T23:30")
    never = Preferences(quiet_from=time(0), quiet_until=time(0))
    assert earliest(night, never, "Europe/Prague") == night


@pytest.mark.parametrize(
    "stored", [{"quiet_from": "25:00"}, {"quiet_until": "8"}, {"zone": "Mars/Base"}]
)
def test_preferences_that_mean_nothing_are_refused_by_name(stored):
    with pytest.raises(InvalidInput) as caught:
        read_preferences(stored)
    assert caught.value.field == next(iter(stored))


def test_a_step_is_due_once_and_missed_ones_are_not_made_up_for():
    told, steps = 0, []
    for hour in range(100):
        step = due_step_h(timedelta(hours=hour), told)
        if step is not None:
            told = step
            steps.append((hour, step))
    assert steps == [(step, step) for step in STEPS_H]
    assert due_step_h(timedelta(hours=50)) == 48
    assert due_step_h(timedelta(hours=5, minutes=59)) is None


def test_the_retry_schedule_is_that_of_the_specification():
    waits = [retry_delay_s(attempts) for attempts in range(11)]
    assert waits == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, None]
    assert timedelta(seconds=sum(DELAYS_S)) == timedelta(hours=75, minutes=35, seconds=5)


def test_the_receiver_may_ask_for_more_patience_but_not_for_ever():
    assert retry_delay_s(1, retry_after_s=120) == 120
    assert retry_delay_s(1, retry_after_s=1e9) == 86_400
    assert retry_delay_s(3, luck=1.0) == pytest.approx(1_980)


def test_a_signature_is_the_hash_of_id_time_and_body():
    secret = signing.secret_of(KEY)
    body = b'{"type":"month.ready"}'
    expected = hmac.new(KEY, b"msg_1.1674087231." + body, hashlib.sha256).digest()
    found = signing.headers([secret], "msg_1", 1674087231, body)
    assert found["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert (found["webhook-id"], found["webhook-timestamp"]) == ("msg_1", "1674087231")


def test_two_secrets_make_two_signatures():
    both = [signing.secret_of(KEY), signing.secret_of(b"o" * 32)]
    signed = signing.headers(both, "msg_1", 1, b"{}")["webhook-signature"].split(" ")
    assert signed == [signing.signature(one, "msg_1", 1, b"{}") for one in both]
    assert signed[0] != signed[1]


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_%%%", ""])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(InvalidInput):
        signing.key_of(secret)


def test_a_message_is_the_same_bytes_at_every_attempt():
    when = datetime(2026, 11, 1, tzinfo=UTC)
    first = signing.body_of("month.ready", when, {"b": "é", "a": 1})
    assert first == signing.body_of("month.ready", when, {"a": 1, "b": "é"})
    assert signing.message_id(UUID(int=5)) == f"msg_{'0' * 31}5"


def test_a_reminder_that_names_a_person_never_goes_to_a_webhook():
    assert not is_for_webhooks("reminder.due", ["*", "reminder.due"])
    assert is_for_webhooks("month.ready", ["*"])
    assert not is_for_webhooks("month.ready", ["job.failed"])


def test_an_unknown_topic_is_refused_by_name():
    assert check_topics(["month.ready", "month.ready"]) == ["month.ready"]
    with pytest.raises(InvalidInput, match=r"month\.redy"):
        check_topics(["month.redy"])
