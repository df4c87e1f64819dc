"""Follows a demo from its first process until somebody stops it, and says what is worth saying."""

import json
from typing import Any

from demo.console import Screen
from demo.folder import Folder
from demo.launcher import Launcher


class Run:
    def __init__(self, screen: Screen, launcher: Launcher, folder: Folder, base_url: str) -> None:
        self.screen = screen
        self.launcher = launcher
        self.folder = folder
        self.base_url = base_url
        self.visitor: dict[str, Any] | None = None
        self.well = True

    def until_stopped(self) -> bool:
        """Whether it ended because somebody wanted it to."""
        self.screen.begin()
        try:
            for event in self.launcher.events():
                if tell := getattr(self, f"on_{event['event']}", None):
                    tell(event)
        finally:
            self.screen.end()
        if self.well:
            self.screen.say("Stopping …")
        return self.well

    def on_said(self, event: dict[str, Any]) -> None:
        """A line of the job that fills the hospital; anything that is not its progress was meant for its log."""
        try:
            message = json.loads(event["line"])
        except ValueError:
            return
        match message:
            case {"step": step, "done": done, "total": total}:
                self.screen.step(step, done, total)
            case {"visitor": visitor}:
                self.visitor = visitor
            case {"problem": problem}:
                self.screen.warn(problem)

    def on_ready(self, event: dict[str, Any]) -> None:
        self.screen.end()
        self.screen.whereabouts(self.base_url, self.folder.password(), self.visitor)
        self.screen.say(f"Logs are in {self.folder.logs}. Stop everything with Ctrl-C.")

    def on_failed(self, event: dict[str, Any]) -> None:
        self.well = False
        if event["tail"]:
            self.screen.say(event["tail"])
        self.screen.warn(f"The demo could not start; more is in {self.folder.logs / (event['name'] + '.log')}.")

    def on_died(self, event: dict[str, Any]) -> None:
        how = f"signal {-event['code']}" if event["code"] < 0 else f"exit code {event['code']}"
        self.screen.warn(f"{event['name']} died ({how}); starting it again in {event['again_in']:g} s.")

    def on_started(self, event: dict[str, Any]) -> None:
        if event["again"]:
            self.screen.say(f"{event['name']} is running again.")
