"""The demo's mail server: really listens, and keeps every mail in a Maildir that the mail viewer reads."""

import argparse
import asyncio
import signal
import socket
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


async def serve(listening: socket.socket, maildir: Path) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    handler = Mailbox(maildir)
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, ident="Videopoli demo", loop=loop), sock=listening
    )
    async with server:
        await stop.wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--fd", type=int, required=True, help="a listening socket")
    arguments.add_argument("--maildir", type=Path, required=True)
    given = arguments.parse_args()
    asyncio.run(serve(socket.socket(fileno=given.fd), given.maildir))


if __name__ == "__main__":
    main()
