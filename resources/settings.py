"""The settings: the only reader of the environment.

Everything else takes a `Settings`. With nothing set, everything has a default that works: the
embedded database under `.posthub` and the `local` provider.

What does not belong here: making secrets (`secret_store.py`), choosing a database (`database/`).
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

from posthub_assets.domain.errors import InvalidInput
from resources.credential_settings import CredentialSettings, read_credential_settings
from resources.http_settings import HttpSettings, http_settings
from resources.media_limit_settings import MediaLimits, read_media_limits
from resources.media_settings import BucketSettings, read_bucket
from resources.notify_settings import NotifySettings, read_notify
from resources.scan_settings import ScannerAddress, read_scanner

MIN_SECRET_KEY_CHARS = 32
"""RFC 7518, section 3.2: a key for HS256 has at least as many bits as the hash (32 bytes)."""

PROVIDER_VARIABLES: dict[str, tuple[str, str]] = {
    "gemini": ("GEMINI_API_KEY", "GEMINI_BASE_URL"),
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "perplexity": ("PERPLEXITY_API_KEY", "PERPLEXITY_BASE_URL"),
    "replicate": ("REPLICATE_API_TOKEN", "REPLICATE_BASE_URL"),
    "stripe": ("STRIPE_SECRET_KEY", "STRIPE_BASE_URL"),
}
"""By provider: the variable of its key, the variable of its base URL."""

WITHHELD = frozenset(
    {
        "POSTHUB_DATABASE_URL",
        "POSTHUB_API_DATABASE_URL",
        "POSTHUB_FACTORY_DATABASE_URL",
        "POSTHUB_DAGSTER_DATABASE_URL",
        "POSTHUB_SECRET_KEY",
        "POSTHUB_ADMIN_KEYRING",
        "POSTHUB_USER_KEYRING",
        "POSTHUB_METRICS_TOKEN",
        "POSTHUB_SMTP_URL",
    }
)
"""What a child process gets only by name: the API needs no owner, the factory no signing key."""

RATES_PER_MINUTE = {"gemini": 60, "openai": 60, "perplexity": 50}
"""Calls a minute where the environment says nothing; pictures and clips have lines of their own."""

IMAGES_PER_MINUTE = 10
VIDEOS_PER_MINUTE = 5
JOURNAL_DAYS = 90

POSTGRES_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One vendor: `api_key` None means that it is not offered, `base_url` None means its own."""

    name: str
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    rate_per_minute: int | None = None
    """Calls a minute that all processes together may make; None means no limit of ours."""
    rate_burst: int = 1
    """Calls that may go at once after a pause."""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How paid models are used. A limit of None leaves it to the tiers' own defaults."""

    monthly_requests: int | None = None
    monthly_tokens: int | None = None
    monthly_cost_usd: Decimal | None = None
    daily_requests: int | None = None
    daily_tokens: int | None = None
    daily_cost_usd: Decimal | None = None
    images_per_minute: int | None = IMAGES_PER_MINUTE
    videos_per_minute: int | None = VIDEOS_PER_MINUTE
    batch: bool = False
    """Work that nobody waits for goes through the vendors' batch APIs, for half the price."""
    fetch_websites: str = "auto"
    """`on`, `off`, or `auto`: only where a key of a vendor is set, so that else nothing leaves."""
    journal_days: int = JOURNAL_DAYS
    """Days after which prompts and answers are taken out of the journal; figures stay."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment says. Paths are absolute; secrets are not in the repr."""

    home: Path
    host: str
    api_port: int
    dagster_port: int
    providers: Mapping[str, ProviderSettings]
    """By name: `local` and each key of PROVIDER_VARIABLES."""
    database_url: str | None = field(default=None, repr=False)
    api_database_url: str | None = field(default=None, repr=False)
    factory_database_url: str | None = field(default=None, repr=False)
    dagster_database_url: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    admin_keyring: tuple[str, ...] = field(default=(), repr=False)
    """Fernet keys for the platform's API keys, newest first."""
    user_keyring: tuple[str, ...] = field(default=(), repr=False)
    """Fernet keys for the customers' API keys, newest first."""
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    media_limits: MediaLimits = field(default_factory=MediaLimits)
    media_bucket: BucketSettings | None = None
    """Where pictures are kept; None means in a folder of the home."""
    credentials: CredentialSettings = field(default_factory=CredentialSettings)
    sentry_dsn: str | None = field(default=None, repr=False)
    """Where errors are reported; None means nowhere."""
    scanner: ScannerAddress | None = None
    """The virus scanner that looks at uploads; None means that nobody does."""

    @property
    def is_embedded(self) -> bool:
        """True when no database URL is given, so that the embedded PostgreSQL is used."""
        return not any(
            (
                self.database_url,
                self.api_database_url,
                self.factory_database_url,
                self.dagster_database_url,
            )
        )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Without `environ`, the process's environment is read, and a file `.env` in the working
    directory fills what it leaves open. Raises InvalidInput, naming the variable.
    """
    env = process_environment() if environ is None else environ
    return Settings(
        home=_home(env),
        host=_text(env, "POSTHUB_HOST") or "127.0.0.1",
        api_port=_integer(env, "POSTHUB_API_PORT", default=8000, low=1, high=65535),
        dagster_port=_integer(env, "POSTHUB_DAGSTER_PORT", default=3000, low=1, high=65535),
        providers=_providers(env),
        database_url=_postgres_url(env, "POSTHUB_DATABASE_URL"),
        api_database_url=_postgres_url(env, "POSTHUB_API_DATABASE_URL"),
        factory_database_url=_postgres_url(env, "POSTHUB_FACTORY_DATABASE_URL"),
        dagster_database_url=_postgres_url(env, "POSTHUB_DAGSTER_DATABASE_URL"),
        secret_key=_secret_key(env),
        admin_keyring=_keyring(env, "POSTHUB_ADMIN_KEYRING"),
        user_keyring=_keyring(env, "POSTHUB_USER_KEYRING"),
        stripe_webhook_secret=_text(env, "STRIPE_WEBHOOK_SECRET"),
        gateway=_gateway(env),
        http=http_settings(env),
        notify=read_notify(env),
        media_limits=read_media_limits(env),
        media_bucket=read_bucket(env),
        credentials=read_credential_settings(env),
        sentry_dsn=_sentry_dsn(env),
        scanner=read_scanner(env),
    )


def child_environment(settings: Settings, **variables: str) -> dict[str, str]:
    """Give the environment of a child process: ours, the settings spelled out, and `variables`.

    No database URL and no secret of PostHub's is passed on; name those that the child needs.
    """
    kept = {name: value for name, value in os.environ.items() if name not in WITHHELD}
    spelled = {
        "POSTHUB_HOME": str(settings.home),
        "POSTHUB_HOST": settings.host,
        "POSTHUB_API_PORT": str(settings.api_port),
        "POSTHUB_DAGSTER_PORT": str(settings.dagster_port),
        "STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret or "",
        "SENTRY_DSN": settings.sentry_dsn or "",
        "POSTHUB_CLAMAV": settings.scanner.spelled() if settings.scanner else "",
        **_gateway_spelled(settings.gateway),
        **settings.http.spelled(),
        **settings.notify.spelled(),
        **settings.media_limits.spelled(),
        **(settings.media_bucket.spelled() if settings.media_bucket else {}),
        **settings.credentials.spelled(),
    }
    for name, provider in settings.providers.items():
        key_variable, url_variable = PROVIDER_VARIABLES.get(name, ("", ""))
        spelled[key_variable] = provider.api_key or ""
        spelled[url_variable] = provider.base_url or ""
        spelled[f"POSTHUB_{name.upper()}_RATE_PER_MINUTE"] = str(provider.rate_per_minute or 0)
        spelled[f"POSTHUB_{name.upper()}_RATE_BURST"] = str(provider.rate_burst)
    said = {name: value for name, value in spelled.items() if name and value}
    return {**kept, **said, **variables}


def process_environment() -> dict[str, str]:
    """Give the process's environment, with what a file `.env` adds to it."""
    return {**_env_file(Path(".env")), **os.environ}


def _env_file(path: Path) -> dict[str, str]:
    """Read NAME=value lines; `#` starts a comment line, quotes around a value are taken off."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The file .env cannot be read: {error}.") from error
    values: dict[str, str] = {}
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name.strip()):
            raise InvalidInput(f"Line {number} of .env is not NAME=value.")
        values[name.strip()] = value.strip().strip("'\"")
    return values


def _text(env: Mapping[str, str], name: str) -> str | None:
    return env.get(name, "").strip() or None


def _home(env: Mapping[str, str]) -> Path:
    try:
        return Path(_text(env, "POSTHUB_HOME") or ".posthub").expanduser().absolute()
    except RuntimeError as error:
        raise InvalidInput(
            f"POSTHUB_HOME starts with a ~ that names no user: {error}.", field="POSTHUB_HOME"
        ) from error


def _integer(env: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    raw = _text(env, name)
    if raw is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", raw) or not low <= int(raw) <= high:
        raise InvalidInput(
            f"{name} is {raw!r}; it must be a whole number from {low} to {high}.", field=name
        )
    return int(raw)


def _providers(env: Mapping[str, str]) -> dict[str, ProviderSettings]:
    providers = {"local": _provider(env, "local", None, None)}
    for name, (key_variable, url_variable) in PROVIDER_VARIABLES.items():
        base_url = _http_url(env, url_variable)
        providers[name] = _provider(env, name, _text(env, key_variable), base_url)
    return providers


def _provider(
    env: Mapping[str, str], name: str, api_key: str | None, base_url: str | None
) -> ProviderSettings:
    prefix = f"POSTHUB_{name.upper()}_RATE"
    rate = _rate(env, f"{prefix}_PER_MINUTE", RATES_PER_MINUTE.get(name, 0))
    burst = _integer(env, f"{prefix}_BURST", default=1, low=1, high=1_000_000)
    return ProviderSettings(name, api_key, base_url, rate, burst)


def _gateway(env: Mapping[str, str]) -> GatewaySettings:
    return GatewaySettings(
        monthly_requests=_count(env, "DEFAULT_MONTHLY_REQUEST_LIMIT"),
        monthly_tokens=_count(env, "DEFAULT_MONTHLY_TOKEN_LIMIT"),
        monthly_cost_usd=_money(env, "DEFAULT_MONTHLY_COST_LIMIT"),
        daily_requests=_count(env, "DEFAULT_DAILY_REQUEST_LIMIT"),
        daily_tokens=_count(env, "DEFAULT_DAILY_TOKEN_LIMIT"),
        daily_cost_usd=_money(env, "DEFAULT_DAILY_COST_LIMIT"),
        images_per_minute=_rate(env, "POSTHUB_IMAGES_RATE_PER_MINUTE", IMAGES_PER_MINUTE),
        videos_per_minute=_rate(env, "POSTHUB_VIDEOS_RATE_PER_MINUTE", VIDEOS_PER_MINUTE),
        batch=_word(env, "POSTHUB_BATCH", ("off", "auto")) == "auto",
        fetch_websites=_word(env, "POSTHUB_FETCH_WEBSITES", ("auto", "on", "off")),
        journal_days=_integer(
            env, "POSTHUB_JOURNAL_DAYS", default=JOURNAL_DAYS, low=1, high=36_500
        ),
    )


def _gateway_spelled(gateway: GatewaySettings) -> dict[str, str]:
    spelled = {
        "DEFAULT_MONTHLY_REQUEST_LIMIT": gateway.monthly_requests,
        "DEFAULT_MONTHLY_TOKEN_LIMIT": gateway.monthly_tokens,
        "DEFAULT_MONTHLY_COST_LIMIT": gateway.monthly_cost_usd,
        "DEFAULT_DAILY_REQUEST_LIMIT": gateway.daily_requests,
        "DEFAULT_DAILY_TOKEN_LIMIT": gateway.daily_tokens,
        "DEFAULT_DAILY_COST_LIMIT": gateway.daily_cost_usd,
        "POSTHUB_IMAGES_RATE_PER_MINUTE": gateway.images_per_minute or 0,
        "POSTHUB_VIDEOS_RATE_PER_MINUTE": gateway.videos_per_minute or 0,
        "POSTHUB_BATCH": "auto" if gateway.batch else "off",
        "POSTHUB_FETCH_WEBSITES": gateway.fetch_websites,
        "POSTHUB_JOURNAL_DAYS": gateway.journal_days,
    }
    return {name: str(value) for name, value in spelled.items() if value is not None}


def _count(env: Mapping[str, str], name: str) -> int | None:
    if _text(env, name) is None:
        return None
    return _integer(env, name, default=0, low=0, high=999_999_999)


def _money(env: Mapping[str, str], name: str) -> Decimal | None:
    raw = _text(env, name)
    if raw is None:
        return None
    try:
        amount = Decimal(raw)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 1_000_000_000:
        raise InvalidInput(f"{name} is {raw!r}; it must be an amount in USD, like 100.", field=name)
    return amount


def _rate(env: Mapping[str, str], name: str, default: int) -> int | None:
    return _integer(env, name, default=default, low=0, high=1_000_000) or None


def _word(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    word = (_text(env, name) or words[0]).lower()
    if word not in words:
        raise InvalidInput(f"{name} is {word!r}; it must be {' or '.join(words)}.", field=name)
    return word


def _http_url(env: Mapping[str, str], name: str) -> str | None:
    raw = _text(env, name)
    if raw is None:
        return None
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"{name} must be a URL that starts with http or https.", field=name)
    return raw.rstrip("/")


def _sentry_dsn(env: Mapping[str, str]) -> str | None:
    raw = _text(env, "SENTRY_DSN")
    if raw is not None and not re.fullmatch(r"https?://[^\s/@]+@[^\s/@]+(/[^\s/]+)*/\d+", raw):
        raise InvalidInput(
            "SENTRY_DSN must look like https://key@sentry.example.com/1, as Sentry shows it.",
            field="SENTRY_DSN",
        )
    return raw


def _postgres_url(env: Mapping[str, str], name: str) -> str | None:
    raw = _text(env, name)
    if raw is None:
        return None
    scheme, separator, rest = raw.partition("://")
    if not separator or scheme not in POSTGRES_SCHEMES or not urlsplit("//" + rest).path.strip("/"):
        raise InvalidInput(
            f"{name} must look like postgresql://user:password@host:5432/database. "
            "PostHub needs PostgreSQL 15 or newer.",
            field=name,
        )
    return raw


def _secret_key(env: Mapping[str, str]) -> str | None:
    key = _text(env, "POSTHUB_SECRET_KEY")
    if key is not None and len(key) < MIN_SECRET_KEY_CHARS:
        raise InvalidInput(
            f"POSTHUB_SECRET_KEY has {len(key)} characters; it needs {MIN_SECRET_KEY_CHARS} or "
            "more. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
            field="POSTHUB_SECRET_KEY",
        )
    return key


def _keyring(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in env.get(name, "").split(",") if key.strip())
    for position, key in enumerate(keys, start=1):
        if not _is_fernet_key(key):
            raise InvalidInput(
                f"Key {position} in {name} is not a Fernet key (32 bytes as URL-safe base64, "
                "44 characters). Keys are separated by commas, the newest first.",
                field=name,
            )
    return keys


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key.encode("ascii"))) == 32
    except (binascii.Error, ValueError):
        return False
