"""What lasts as long as the `with` that it is used in."""

from typing import Self


class ClosedAfterUse:
    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Without an error, whatever the other side does."""
        raise NotImplementedError
