"""Start a process that cannot outlive the test run, whatever kills the run."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

# PR_SET_PDEATHSIG is 1 and SIGKILL 9; the parent may have died before the call.
_DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


def start(command: Sequence[str], **popen: Any) -> subprocess.Popen:
    """`command[0]` is a path. The kernel kills the child with us on Linux; elsewhere the fixture has to."""
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]
    return subprocess.Popen(command, **popen)


def stop(process: subprocess.Popen, *, patience: float = 5) -> None:
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience)
