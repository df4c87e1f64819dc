"""Stands in for the command in the tests of the warden: runs the plan it is given, and says what happens."""

import json
import os
import sys

from demo.launcher import Launcher, WardenLost
from demo.plan import Plan


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


plan = Plan.from_json(sys.argv[1])
nothing = os.open(os.devnull, os.O_RDONLY)
launcher = Launcher(plan, dict(os.environ), keep_open=nothing)
try:
    for event in launcher.events():
        say(json.dumps(event))
except WardenLost:
    say("warden lost")
finally:
    launcher.stop()
say("ended")
