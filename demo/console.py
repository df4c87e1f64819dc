"""What the command shows: bars on a terminal, plain lines elsewhere, and at the end where to go and as whom."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from demo.hospital.staff import STAFF, departments_of

PLAIN_WIDTH = 132


class Screen:
    def __init__(self) -> None:
        console = Console(highlight=False)
        self.console = console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            console=self.console,
            transient=True,
        )
        self.bars: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        self.console.print(escape(text))

    def warn(self, text: str) -> None:
        self.console.print(f"[bold]{escape(text)}[/bold]")

    def begin(self) -> None:
        if self.console.is_terminal:
            self.progress.start()

    def end(self) -> None:
        self.progress.stop()

    def step(self, name: str, done: int, total: int) -> None:
        if not self.console.is_terminal:
            if done in (0, total):
                self.say(f"{name}: {done} of {total}" if done else f"{name} …")
            return
        if name not in self.bars:
            self.bars[name] = self.progress.add_task(name, total=total)
        self.progress.update(self.bars[name], completed=done)

    def whereabouts(self, base_url: str, password: str, visitor: dict[str, Any] | None) -> None:
        addresses = Table(title="The demo hospital is open", title_justify="left", title_style="bold")
        addresses.add_column("what")
        addresses.add_column("where", overflow="fold")
        addresses.add_row("Staff", f"{base_url}/")
        addresses.add_row("Mail viewer", f"{base_url}/demo/mail/")
        addresses.add_row("Text message viewer", f"{base_url}/demo/sms/")
        addresses.add_row("API schema", f"{base_url}/api/schema/")
        self.console.print(addresses)
        accounts = Table(
            title=f"Demo accounts, all with the password {password}", title_justify="left", title_style="bold"
        )
        for heading in ("sign in as", "name"):
            accounts.add_column(heading, no_wrap=True)
        for heading in ("role", "departments"):
            accounts.add_column(heading, overflow="fold")
        for member in STAFF:
            accounts.add_row(member.email, member.name, member.work, ", ".join(departments_of(member)))
        self.console.print(accounts)
        if visitor:
            self._visitor(base_url, visitor)

    def _visitor(self, base_url: str, visitor: dict[str, Any]) -> None:
        self.say(
            f"Be a patient: {visitor['name']} has a video consult at {visitor['at']} with {visitor['clinician']}.\n"
            f"  The mail with the personal link: {base_url}/demo/mail/?to={visitor['email']}\n"
            f"  The link asks for the date of birth: {visitor['birth_date']}"
        )
