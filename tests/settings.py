"""The product's own settings, in a data folder and Redis databases that belong to this test process alone."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

RUN_FOLDER = "VIDEOPOLI_TEST_RUN"
REDIS_DATABASES = 16
DATABASES_PER_PROCESS = 4


def _own_folder() -> Path:
    """One folder per run, made by its first process, with a part for each xdist worker."""
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="videopoli-test-")
        atexit.register(shutil.rmtree, os.environ[RUN_FOLDER], ignore_errors=True)
    folder = Path(os.environ[RUN_FOLDER]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    (folder / "static").mkdir(parents=True, exist_ok=True)
    return folder


def _own_redis(url: str) -> str:
    """Four databases a process, counted from the one that REDIS_URL names."""
    base = int(urlsplit(url).path.strip("/") or 0)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = base + worker * DATABASES_PER_PROCESS
    if first + DATABASES_PER_PROCESS > REDIS_DATABASES:
        raise RuntimeError(f"Redis has {REDIS_DATABASES} databases, too few for this worker: use a smaller -n.")
    return urlsplit(url)._replace(path=f"/{first}").geturl()


os.environ["VIDEOPOLI_DATA"] = str(_own_folder())
os.environ.pop("VIDEOPOLI_DEMO", None)
for name in ("BASE_URL", "ALLOWED_HOSTS", "HTTPS", "DEBUG", "EMAIL_URL"):
    os.environ.pop(name, None)
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = _own_redis(os.environ["REDIS_URL"])

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# Hashing a password well takes a third of a second by design; these accounts guard nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each test client starts the middleware anew: looking through all static files for that would be half of the time.
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # No test pulls the plug of the database itself, so a commit need not wait for the disk.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
