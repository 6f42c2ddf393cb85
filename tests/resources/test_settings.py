"""The settings: defaults that work, and errors that name the variable."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.settings import child_environment, load_settings

FERNET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_with_nothing_set_everything_has_a_default() -> None:
    settings = load_settings({})

    assert settings.home == Path.cwd() / ".posthub"
    assert (settings.host, settings.api_port, settings.dagster_port) == ("127.0.0.1", 8000, 3000)
    assert settings.is_embedded
    assert settings.providers["local"].rate_per_minute is None
    assert settings.providers["gemini"].api_key is None


def test_what_is_set_is_read() -> None:
    settings = load_settings(
        {
            "POSTHUB_HOME": "/srv/post hub",
            "POSTHUB_API_PORT": "18000",
            "POSTHUB_DATABASE_URL": "postgresql://u:p@db.example:5432/posthub",
            "POSTHUB_ADMIN_KEYRING": f"{FERNET}, {FERNET}",
            "POSTHUB_LOCAL_RATE_PER_MINUTE": "60",
            "GEMINI_API_KEY": "key",
            "GEMINI_BASE_URL": "http://127.0.0.1:9/v1/",
        }
    )

    assert settings.home == Path("/srv/post hub")
    assert settings.api_port == 18000
    assert not settings.is_embedded
    assert settings.admin_keyring == (FERNET, FERNET)
    assert settings.providers["local"].rate_per_minute == 60
    assert settings.providers["gemini"].base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("POSTHUB_API_PORT", "80a", "whole number from 1 to 65535"),
        ("POSTHUB_DAGSTER_PORT", "70000", "whole number from 1 to 65535"),
        ("POSTHUB_DATABASE_URL", "mysql://u@h/d", "postgresql://"),
        ("POSTHUB_API_DATABASE_URL", "postgresql://u@h", "postgresql://"),
        ("POSTHUB_SECRET_KEY", "short", "needs 32"),
        ("POSTHUB_USER_KEYRING", f"{FERNET},nonsense", "Key 2"),
        ("OPENAI_BASE_URL", "ftp://x", "http"),
        ("POSTHUB_GEMINI_RATE_PER_MINUTE", "-1", "whole number"),
        ("POSTHUB_MEDIA_PALETTES_PER_HOUR", "many", "0 for no limit"),
    ],
)
def test_a_bad_value_is_refused_and_its_variable_named(
    variable: str, value: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=variable) as refused:
        load_settings({variable: value})
    assert refused.value.field == variable
    assert says in str(refused.value)


def test_secrets_are_not_shown_when_settings_are_printed() -> None:
    settings = load_settings(
        {
            "POSTHUB_DATABASE_URL": "postgresql://u:hush-1@h/d",
            "POSTHUB_SECRET_KEY": "hush-2" * 8,
            "OPENAI_API_KEY": "hush-3",
            "POSTHUB_USER_KEYRING": FERNET,
        }
    )
    assert "hush" not in repr(settings)
    assert FERNET not in repr(settings)


def test_a_file_of_variables_fills_what_the_environment_leaves_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTHUB_API_PORT", "8123")
    lines = ["# ports", "POSTHUB_API_PORT=1", "export POSTHUB_DAGSTER_PORT='3123'", ""]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")

    settings = load_settings()

    assert (settings.api_port, settings.dagster_port) == (8123, 3123)


def test_a_broken_line_in_the_file_of_variables_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("A=1\nwhat is this\n", encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"Line 2 of \.env"):
        load_settings()


def test_reading_settings_loads_no_heavy_package() -> None:
    heavy = "('pydantic', 'sqlalchemy', 'dagster')"
    code = f"import sys, resources.settings; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"


def test_a_child_gets_the_settings_spelled_out_and_only_the_named_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTHUB_DATABASE_URL", "postgresql://owner:hush@h/d")
    monkeypatch.setenv("POSTHUB_SECRET_KEY", "hush" * 10)
    settings = load_settings({"POSTHUB_HOME": "/srv/a b", "POSTHUB_LOCAL_RATE_PER_MINUTE": "60"})

    environment = child_environment(settings, POSTHUB_API_DATABASE_URL="postgresql://a:b@h/d")

    assert "hush" not in str(environment)
    assert load_settings(environment).home == Path("/srv/a b")
    assert load_settings(environment).providers == settings.providers
    assert load_settings(environment).api_database_url == "postgresql://a:b@h/d"


class Noted(dict[str, str]):
    """An environment in which nothing is set, that notes what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        self.asked.add(name)
        return default or ""


EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_names_every_setting_and_no_other() -> None:
    environment = Noted()
    load_settings(environment)
    named = set(re.findall(r"^#([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.M))
    # Every provider has a rate and a burst; the example names the pattern once.
    of_providers = re.compile(r"POSTHUB_[A-Z]+_RATE_(PER_MINUTE|BURST)")
    assert named - environment.asked == set()
    assert {one for one in environment.asked - named if not of_providers.fullmatch(one)} == set()


def test_the_example_with_every_mark_taken_away_says_what_holds_anyway() -> None:
    lines = re.findall(r"^#([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.M)
    assert load_settings(dict(lines)) == load_settings({})


def test_a_certificate_is_set_with_its_key_or_not_at_all(tmp_path: Path) -> None:
    both = {"POSTHUB_C2PA_CERTIFICATE": "chain.pem", "POSTHUB_C2PA_KEY": str(tmp_path / "key.pem")}
    settings = load_settings(both)
    assert settings.credentials.certificate == Path.cwd() / "chain.pem"
    assert settings.credentials.key == tmp_path / "key.pem"
    environment = child_environment(settings)
    assert load_settings(environment).credentials == settings.credentials
    for name, value in both.items():
        with pytest.raises(InvalidInput, match="is set, but"):
            load_settings({name: value})
