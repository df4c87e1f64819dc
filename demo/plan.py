"""What the warden is to run: stages of processes, each begun when all of the stage before have settled."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Process:
    """A job runs once and must succeed; anything else is kept running.

    `ready` says how to see that it is up (demo/readiness.py): {"unix": path}, {"http": [host, port, path]}, or None
    when being started is enough. `fds` are open sockets that it inherits. `last` ends after all others have.
    """

    name: str
    command: list[str]
    is_job: bool = False
    ready: dict[str, Any] | None = None
    fds: list[int] = field(default_factory=list)
    last: bool = False


@dataclass(frozen=True)
class Plan:
    logs: str
    stages: list[list[Process]]

    @property
    def fds(self) -> list[int]:
        return [fd for stage in self.stages for process in stage for fd in process.fds]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        document = json.loads(text)
        stages = [[Process(**process) for process in stage] for stage in document["stages"]]
        return cls(document["logs"], stages)
