"""Everything the environment may say, read once and typed. docs/production.md explains each."""

import hashlib
import secrets
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

PROJECT = Path(__file__).resolve().parent.parent
# A unix socket's path may be 108 bytes on Linux and 104 on macOS, the closing zero included.
LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class RedisUrls:
    """One server, one database number per purpose: the broker must never be emptied with the cache.

    What is published reaches all databases of a server: `namespace` tells installations that share one apart.
    """

    broker: str
    cache: str
    channels: str
    live: str
    namespace: str


@dataclass(frozen=True)
class SmsSettings:
    """How text messages leave: no provider, none are sent. `price` in euros for one segment."""

    provider: str
    url: str
    key: str
    sender: str
    receipt_secret: str
    price: Decimal


@dataclass(frozen=True)
class Environment:
    data_dir: Path
    debug: bool
    demo: bool
    secret_key: str
    database: dict[str, Any]
    database_pool: int
    redis: RedisUrls
    valkey_socket: Path | None
    allowed_hosts: list[str]
    base_url: str
    behind_https: bool
    email: dict[str, Any]
    email_from: str
    bounce_address: str
    mail_receipt_secret: str
    sms: SmsSettings
    outgoing_hosts_allowed: list[str]
    hospital_name: str
    hospital_phone: str
    stun_urls: list[str]
    log_level: str


def read_environment() -> Environment:
    env = environ.Env()
    data_dir = Path(env.str("VIDEOPOLI_DATA", default=str(PROJECT / "data"))).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = env.str("REDIS_URL", default="")
    socket = None if redis_url else valkey_socket(data_dir)
    base_url = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
    host = urlsplit(base_url).hostname or "localhost"
    return Environment(
        data_dir=data_dir,
        debug=env.bool("DEBUG", default=False),
        demo=env.bool("VIDEOPOLI_DEMO", default=False),
        secret_key=env.str("SECRET_KEY", default="") or _kept_secret(data_dir / "secret_key"),
        database=env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'videopoli.sqlite3'}"),
        database_pool=env.int("DATABASE_POOL", default=0),
        redis=redis_urls(redis_url) if redis_url else socket_urls(socket or data_dir),
        valkey_socket=socket,
        allowed_hosts=env.list("ALLOWED_HOSTS", default=[host, "localhost", "127.0.0.1", "[::1]"]),
        base_url=base_url,
        behind_https=env.bool("HTTPS", default=base_url.startswith("https://")),
        email=env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025"),
        email_from=env.str("EMAIL_FROM", default="De Waard ziekenhuis <afspraken@dewaard.example>"),
        bounce_address=env.str("BOUNCE_ADDRESS", default=""),
        mail_receipt_secret=env.str("MAIL_RECEIPT_SECRET", default=""),
        sms=SmsSettings(
            provider=env.str("SMS_PROVIDER", default=""),
            url=env.str("SMS_URL", default=""),
            key=env.str("SMS_KEY", default=""),
            sender=env.str("SMS_SENDER", default="De Waard"),
            receipt_secret=env.str("SMS_RECEIPT_SECRET", default=""),
            price=Decimal(env.str("SMS_PRICE", default="0.08")),
        ),
        outgoing_hosts_allowed=env.list("OUTGOING_HOSTS_ALLOWED", default=[]),
        hospital_name=env.str("HOSPITAL_NAME", default="De Waard ziekenhuis"),
        hospital_phone=env.str("HOSPITAL_PHONE", default="020-1234567"),
        stun_urls=env.list("STUN_URLS", default=[]),
        log_level=env.str("LOG_LEVEL", default="INFO"),
    )


def valkey_socket(data_dir: Path) -> Path:
    socket = data_dir / "valkey.sock"
    if len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    short = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"videopoli-{short}.sock"


def redis_urls(url: str) -> RedisUrls:
    """Four databases in a row, from the number that the URL names (0 where it names none)."""
    parts = urlsplit(url)
    number = parts.path.strip("/")
    first = int(number) if number.isdigit() else 0
    broker, cache, channels, live = (parts._replace(path=f"/{first + n}").geturl() for n in range(4))
    return RedisUrls(broker, cache, channels, live, namespace=f"videopoli-{first}")


def socket_urls(socket: Path) -> RedisUrls:
    return RedisUrls(
        broker=f"redis+socket://{socket}?virtual_host=0",
        cache=f"unix://{socket}?db=1",
        channels=f"unix://{socket}?db=2",
        live=f"unix://{socket}?db=3",
        namespace="videopoli",
    )


def _kept_secret(path: Path) -> str:
    """The key of this data folder: made once, readable by its owner only."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        kept = path.read_text().strip()
        if kept:
            return kept
    path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()
