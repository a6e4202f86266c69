"""`firstrung doctor mail`, and `firstrung digest bounces`."""

import json
import sys
from functools import partial
from pathlib import Path

import click

from cli.main import PEOPLE, Place

COLOURS = {"right": "green", "warning": "yellow", "wrong": "red"}
SIGNS = {"right": "✓", "warning": "?", "wrong": "✗"}


@click.group()
def doctor() -> None:
    """Look whether what the service needs from outside is right."""


@doctor.command()
@click.option("--dns", help="A name server to ask, as ADDRESS or ADDRESS:PORT; default: this machine's.")
@click.option("--dns-only", is_flag=True, help="Do not connect to the mail server nor to the pages.")
@click.option("--json", "as_json", is_flag=True, help="One finding a line, for programs.")
@click.pass_obj
def mail(place: Place, dns: str | None, *, dns_only: bool, as_json: bool) -> None:
    """SPF, DKIM, DMARC, reverse names, TLS and the one-click page: each with the failing rule and the mend."""
    from digest.doctor import ask_dns, examine
    from scheduler.signing import signer_of

    with place.house() as house:
        rules = house.mail
        signer = signer_of(rules, house.environ, house.configuration.folder)
    address, _, port = (dns or "").partition(":")
    ask = partial(ask_dns, servers=(address,) if address else (), port=int(port or 53))
    findings = list(examine(rules, signer, ask, reach=not dns_only))
    for one in findings:
        if as_json:
            click.echo(json.dumps({"rule": one.rule, "grade": one.grade, "says": one.says, "mend": one.mend}))
            continue
        PEOPLE.print(
            f"{SIGNS[one.grade]} {one.rule}: {one.says}", style=COLOURS[one.grade], markup=False, soft_wrap=True
        )
        if one.mend and one.grade != "right":
            PEOPLE.print(f"    {one.mend}", markup=False, soft_wrap=True)
    if any(one.grade == "wrong" for one in findings):
        sys.exit(1)


@click.command()
@click.option(
    "--file", "path", type=click.Path(path_type=Path, allow_dash=True), help="One message from a file, or - for a pipe."
)
@click.option("--json", "as_json", is_flag=True, help="The counts, for programs.")
@click.pass_obj
def bounces(place: Place, path: Path | None, *, as_json: bool) -> None:
    """Read returned mail: from the configured mailbox, or one message from a file or a pipe (an alias of your mail server)."""
    from scheduler.mailing import Mailroom
    from scheduler.returning import read_mailbox, take

    with place.house() as house:
        room = Mailroom(house)
        if path is None:
            counts = read_mailbox(room)
        else:
            raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
            counts = {take(room, raw): 1}
    if as_json:
        click.echo(json.dumps(counts))
        return
    PEOPLE.print(", ".join(f"{number} {what}" for what, number in sorted(counts.items())) or "nothing new")
