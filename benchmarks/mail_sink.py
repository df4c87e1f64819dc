"""A mail server that takes everything and keeps nothing, in a process of its own: python -m benchmarks.mail_sink PORT

Each line on standard input is answered with the number of mails that it took so far.
"""

import asyncio
import sys

ANSWERS = {b"EHLO": b"250-sink\r\n250 SMTPUTF8\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.pending, self.in_data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while True:
            line, mark, rest = self.pending.partition(END if self.in_data else b"\r\n")
            if not mark:
                return
            self.pending = rest
            self._answer(line)

    def _answer(self, line: bytes) -> None:
        if self.in_data:
            self.in_data = False
            Sink.taken += 1
            self.transport.write(b"250 taken\r\n")
            return
        verb = line[:4].upper()
        self.in_data = verb == b"DATA"
        self.transport.write(ANSWERS.get(verb, b"250 fine\r\n"))
        if verb == b"QUIT":
            self.transport.close()


async def tell(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    print("listening", flush=True)
    loop, questions = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    # Each line that comes in is the question how many there were; the end of input is the end.
    while await questions.readline():
        print(Sink.taken, flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(tell(int(sys.argv[1])))
