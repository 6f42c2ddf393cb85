"""Log lines hold what was said, and no secret."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from resources.logs import JsonLines, TextLines, request_id, without_secrets

SECRETS = [
    "sk-proj-abcdefghijklmnop1234567890",
    "AIzaSyA1234567890abcdefghijklmnopqrstu",
    "pplx-abcdefghijklmnopqrstuvwxyz",
    "sk_live_abcdefghijklmnop",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "ph_abcdefghijklmnopqrstuvwxyz0123456789",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop",
]


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("posthub.test", logging.WARNING, __file__, 1, message, (), None)
    vars(made).update(extra)
    return made


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
def test_a_secret_is_hidden_wherever_it_stands(lines: logging.Formatter, secret: str):
    line = lines.format(record(f"the key {secret} was refused", given=secret))
    assert secret not in line
    assert "was refused" in line


def test_a_password_in_an_address_is_hidden_and_the_host_is_not():
    line = without_secrets("cannot reach postgresql://owner:s3cret@db.example.com/posthub")
    assert line == "cannot reach postgresql://[hidden]@db.example.com/posthub"


def test_ordinary_words_stay_as_they_are():
    text = "task-force of sk- and ph_x met; a version is 01a21e91-3275-7cd0-a7bb-4acc25a934c2"
    assert without_secrets(text) == text


def test_a_json_line_says_which_request_it_belongs_to():
    token = request_id.set("request-1")
    try:
        said = json.loads(JsonLines().format(record("čeština", status=200)))
    finally:
        request_id.reset(token)
    assert said["request_id"] == "request-1"
    assert (said["level"], said["message"], said["status"]) == ("warning", "čeština", 200)


def test_a_traceback_is_kept_and_its_secrets_are_not():
    try:
        raise ValueError(SECRETS[0])
    except ValueError:
        made = record("broke")
        made.exc_info = sys.exc_info()
    said = json.loads(JsonLines().format(made))
    assert "ValueError" in said["error"]
    assert SECRETS[0] not in said["error"]
