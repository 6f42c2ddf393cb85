"""What the environment says about telling people."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.notify_settings import read_notify
from resources.settings import child_environment, load_settings


def test_the_mail_server_is_read_with_its_port_and_password():
    smtp = read_notify({"POSTHUB_SMTP_URL": "smtps://me%40x:p%2Fw@mail.example.com"}).smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.is_tls) == ("mail.example.com", 465, True)
    assert (smtp.user, smtp.password) == ("me@x", "p/w")
    assert "p/w" not in repr(smtp)
    assert read_notify({}).smtp is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTHUB_SMTP_URL", "mail.example.com:25"),
        ("POSTHUB_SMTP_URL", "smtp://"),
        ("POSTHUB_SMTP_URL", "smtp://host:port"),
        ("POSTHUB_MAIL_FROM", "nobody"),
        ("POSTHUB_MAIL_FROM", "a@example.com\r\nBcc: b@example.com"),
        ("POSTHUB_PUBLIC_URL", "posthub.example.com"),
        ("POSTHUB_WEBHOOKS_ALLOW_PRIVATE", "yes"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name, value):
    with pytest.raises(InvalidInput) as caught:
        read_notify({name: value})
    assert caught.value.field == name


def test_only_the_notifier_gets_the_mail_servers_password(tmp_path, monkeypatch):
    url = "smtp://me:word@mail.example.com"
    monkeypatch.setenv("POSTHUB_SMTP_URL", url)
    settings = load_settings({"POSTHUB_HOME": str(tmp_path), "POSTHUB_SMTP_URL": url})
    assert "word" not in repr(settings)
    assert "POSTHUB_SMTP_URL" not in child_environment(settings)
    assert child_environment(settings, POSTHUB_SMTP_URL=url)["POSTHUB_SMTP_URL"] == url
