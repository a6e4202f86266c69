"""What the operator must know: found on rows at each tick, told by mail once, and once more when it is over."""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from digest.channels import open_channel
from model.digest import Envelope
from model.errors import DeliveryError
from model.work import NEVER_SET_ASIDE
from scheduler.steps import House
from store import alarms, people, runs, work
from store.alarms import Alarm
from store.runs import Run

log = logging.getLogger(__name__)
Conditions = dict[str, tuple[str, str]]
A_WEEK = timedelta(days=7)


def settle(house: House) -> None:
    """Raise and clear alarms by what the rows say now."""
    now = house.clock()
    conditions = _sources(house, now) | _people(house, now) | _work(house)
    with house.database.write() as connection:
        conditions |= _refusals(alarms.refusals(connection, now=now))
        alarms.settle(connection, conditions, now=now)


def untold(house: House) -> list[Alarm]:
    """What is to be told, if somebody is to be told."""
    service = house.configuration.service
    if service.alarms.to is None or service.mail is None:
        return []
    with house.database.read() as connection:
        return alarms.untold(connection)


def tell(house: House) -> int:
    """Mail what is not told yet, in one message; how many alarms that were. Raises DeliveryError when it was not taken."""
    found = untold(house)
    if not found:
        return 0
    with house.database.write() as connection:
        alarms.note_told(connection, found, at=house.clock())
    recipient = str(house.configuration.service.alarms.to)
    message = _message(house, found, recipient)
    channel = open_channel(house.mail, house.environ)
    try:
        sender = house.mail.sender
        channel.send(Envelope(str(message["Message-ID"]), sender, recipient, message.as_bytes()))
    except DeliveryError as error:
        if not error.in_doubt:
            with house.database.write() as connection:
                alarms.note_told(connection, found, at=None)
        raise
    finally:
        channel.close()
    log.warning("operator told", extra={"alarms": len(found)})
    return len(found)


def _message(house: House, found: list[Alarm], recipient: str) -> EmailMessage:
    mail = house.mail
    raised = [one for one in found if one.cleared_at is None]
    over = [one for one in found if one.cleared_at is not None]
    lines = [f"- {one.says}\n  since {one.raised_at:%Y-%m-%d %H:%M} UTC. {one.mend}" for one in raised]
    lines += [f"- over: {one.says}\n  from {one.raised_at:%Y-%m-%d %H:%M} UTC on" for one in over]
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((mail.sender_name, mail.sender))
    message["To"] = recipient
    message["Subject"] = (
        f"firstrung: {_count(raised, 'alarm')}" if raised else f"firstrung: {_count(over, 'alarm')} over"
    )
    message["Date"] = format_datetime(house.clock())
    marks = "-".join(f"{one.number}{'c' if one.cleared_at else 'r'}" for one in (found[0], found[-1]))
    message["Message-ID"] = f"<alarm-{marks}-{house.clock():%Y%m%d%H%M%S}@{mail.sender.split('@')[1]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join([*lines, "", "Everything on one screen: firstrung status"]) + "\n")
    return message


def _count(found: list[Alarm], word: str) -> str:
    return f"{len(found)} {word}{'' if len(found) == 1 else 's'}"


def _sources(house: House, now: datetime) -> Conditions:
    """Sources that have gone silent, and a clock that starts nothing."""
    rules = house.configuration.service.alarms
    with house.database.read() as connection:
        latest, planned = runs.latest(connection), runs.next_crawls(connection)
    found: Conditions = {}
    for source in house.configuration.enabled:
        silent = _silent_since(latest.get(source.name, []))
        if silent and now - silent > max(timedelta(minutes=rules.silent_after), 3 * timedelta(minutes=source.every)):
            last = latest[source.name][0]
            why = f"; last: {last.failure.kind}" if last.failure else ""
            says = f"{source.name} has given nothing right since {silent:%Y-%m-%d %H:%M} UTC{why}"
            found[f"silent:{source.name}"] = (says, f"See: firstrung source try {source.name}, docs/failures.md")
    late = now - timedelta(minutes=rules.late_after)
    due = [name for name in latest if (at := planned.get(name, (None, 0))[0]) is not None and at < late]
    enabled = {source.name for source in house.configuration.enabled}
    started = [found_runs[0].started_at for found_runs in latest.values()]
    if started and enabled & set(due) and max(started) < late:
        says = f"no crawl was started since {max(started):%Y-%m-%d %H:%M} UTC, and {len(enabled & set(due))} are due"
        found["nothing started"] = (says, "See that workers run: firstrung status, firstrung work list")
    return found


def _silent_since(found: list[Run]) -> datetime | None:
    """The end of its last right run (the start of its first known one, if none was right); None for one never asked."""
    right = [run.finished_at for run in found if run.failure is None and run.finished_at]
    return max(right) if right else min((run.started_at for run in found), default=None)


def _people(house: House, now: datetime) -> Conditions:
    """Who got nothing: people whose digest is long due, mail that waits, failed or is in doubt."""
    if house.configuration.service.mail is None:
        return {}
    late = now - timedelta(minutes=house.configuration.service.alarms.late_after)
    with house.database.read() as connection:
        waiting, held = people.due(connection, now=late), people.held_back(connection)
        bad, waits = alarms.mail_troubles(connection, since=now - A_WEEK, late=late)
    in_yaml = house.configuration.profiles
    overdue = sum(member.key in in_yaml or member.profile is not None for member in waiting)
    found: Conditions = {}
    if overdue:
        found["digests late"] = (
            f"{overdue} people's digest is due and was not made",
            "See: firstrung work list, the log",
        )
    if held:
        found["digests broke"] = (
            f"{held} people's digest could not be made, four times",
            "See who and why: firstrung digest status. Tried again at their next date, or by: firstrung digest send --profile NAME",
        )
    if waits:
        found["mail waits"] = (
            f"{waits} digests wait to be sent",
            "See: firstrung digest status; does the mail server answer?",
        )
    if bad:
        found["mail failed"] = (f"{bad} digests failed or are in doubt this week", "See: firstrung digest status")
    return found


def _refusals(found: dict[str, str]) -> Conditions:
    """Receivers that refuse us as senders, in their answer or by a returned mail."""
    return {
        f"refused:{domain}": (
            f"{domain} refuses mail from us" + (f" ({status})" if status else ""),
            "Nobody's address was stopped for it. See: firstrung doctor mail, docs/mail.md",
        )
        for domain, status in found.items()
    }


def _work(house: House) -> Conditions:
    most = house.configuration.service.work.starts
    with house.database.read() as connection:
        begun = work.each(connection)
    aside = [one for one in begun if one.state == "set_aside"]
    again = [one for one in begun if one.kind in NEVER_SET_ASIDE and one.starts >= most]
    return {
        f"again and again:{one.key}": (
            f"{one.key} was begun {one.starts} times and has not ended: {one.reason or f'last by {one.worker}'}",
            "It is tried again by itself. See the log, and that workers stay alive",
        )
        for one in again
    } | {
        f"set aside:{one.key}": (
            f"{one.key} was set aside after {one.starts} starts: {one.reason}",
            f"Mend the reason, then: firstrung work retry {one.number}",
        )
        for one in aside
    }
