"""What the children of a demo are told: they are the ordinary processes, with a demo's settings."""

import socket
from dataclasses import dataclass
from pathlib import Path

ANYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104  compared with, not bound to
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Addresses:
    host: str
    port: int
    mail_port: int
    sms_port: int

    @property
    def base_url(self) -> str:
        """localhost where that leads here: browsers give it the camera without https, and no other address."""
        name = "localhost" if self.host in ANYWHERE | LOOPBACK else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"


def child_environment(outer: dict[str, str], addresses: Addresses, data: Path, *, sms_secret: str) -> dict[str, str]:
    inner = {
        **outer,
        "DJANGO_SETTINGS_MODULE": outer.get("DJANGO_SETTINGS_MODULE", "config.settings"),
        "VIDEOPOLI_DEMO": "1",
        "VIDEOPOLI_DATA": str(data),
        # Also when a real one is set: a demo never writes to anybody.
        "EMAIL_URL": f"smtp://127.0.0.1:{addresses.mail_port}",
        "BOUNCE_ADDRESS": "bounces@dewaard.example",
        "MAIL_RECEIPT_SECRET": f"mail.{sms_secret}",
        "SMS_PROVIDER": "generic",
        "SMS_URL": f"http://127.0.0.1:{addresses.sms_port}/sms",
        "SMS_KEY": "demo",
        "SMS_RECEIPT_SECRET": sms_secret,
        "PYTHONUNBUFFERED": "1",
    }
    inner.setdefault("BASE_URL", addresses.base_url)
    if addresses.host in ANYWHERE:
        inner.setdefault("ALLOWED_HOSTS", ",".join(_names_of_this_machine()))
    return inner


def _names_of_this_machine() -> list[str]:
    names = ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), socket.getfqdn()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: only asks which of our addresses would be used.
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    return sorted(set(names))
