"""uv writes the index it was run against into the lock file: another machine cannot reach a private one."""

import re
from urllib.parse import urlsplit

PUBLIC = frozenset({"pypi.org", "files.pythonhosted.org"})
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'>]+")


def foreign_hosts(lock: str) -> set[str]:
    hosts = {urlsplit(address).hostname or address for address in _ADDRESS.findall(lock)}
    return hosts - PUBLIC
