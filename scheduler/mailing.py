"""Everything that ends in mail: who is due, what they are sent, and the sending. Command line, clock, workers and web call it.

A `Mailroom` holds what a batch of digests shares: the openings, the key, the signature. Each step reads what is due from rows and is
safe to do twice.
"""

import gc
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from digest.channels import open_channel
from digest.composing import Rules, Week, compose
from digest.desk import Addressee, Desk, check_mail
from digest.notes import note
from digest.pinging import ping
from digest.rendering import render
from digest.sending import Limits, Pace, Sent, send_waiting
from matcher.preferences import region_of
from matcher.ranking import ranked
from model.digest import Contact, Digest, Message, Opening
from model.errors import ConfigError, Fault, StoreError
from model.profile import Profile
from model.service import Mail
from scheduler.changing import changed_since
from scheduler.issues import Issue, issue_at, next_issue, wishes_key
from scheduler.openings import Openings, Seen
from scheduler.signing import signer_of
from scheduler.steps import House
from store import deliveries, kept, leases, pasts, people, runs
from store.deliveries import Terms
from store.pasts import Past
from store.people import Plan

log = logging.getLogger(__name__)
IN_DOUBT_AFTER = timedelta(seconds=60)
LATE = timedelta(days=1)
MOST_CONTACTS = 4
TOGETHER = 50
"""So many people's pasts are read at once."""
Due = tuple[str, Profile, Issue]
Write = Callable[[Any], str]


class _Gone(Exception):
    """Someone who joined by the web has deleted everything since the batch was begun: nothing of them is written."""


@dataclass
class Mailroom:
    """What the digests of a service share. Not for two threads at once."""

    house: House
    pace: Pace | None = None

    @property
    def mail(self) -> Mail:
        """The mail rules. Raises ConfigError when service.yaml has none."""
        return self.house.mail

    @cached_property
    def secret(self) -> bytes:
        """The service's key: from the environment, else made once and kept in the database."""
        given = (
            self.house.environ.get(self.mail.secret_env, "").encode() if self.house.configuration.service.mail else b""
        )
        with self.house.database.write() as connection:
            secret = given or kept.secret(connection)
            if not kept.same(connection, "key of links", hashlib.sha256(b"firstrung|" + secret).digest()):
                says = "another key than the one that links and stops of earlier mails were made with"
                raise ConfigError(
                    Fault(f"environment: {self.mail.secret_env}", says, "give every part of the service the first key")
                )
        return secret

    @cached_property
    def desk(self) -> Desk:
        """What every mail shares. Raises ConfigError when there are no mail rules, or a signing key that cannot be used."""
        mail = self.mail
        return Desk(mail, self.secret, signer_of(mail, self.house.environ, self.house.configuration.folder))

    @cached_property
    def openings(self) -> Openings:
        """The open postings; `refresh` before a batch."""
        configuration = self.house.configuration
        own = [source.name for source in configuration.sources if source.employer]
        return Openings(self.house.database, configuration.taxonomy, configuration.service.ranking, own)

    @cached_property
    def _week(self) -> tuple[int, tuple[str, ...]]:
        names = [source.name for source in self.house.configuration.enabled]
        with self.house.database.read() as connection:
            latest = runs.latest(connection)
        return len(names), tuple(name for name in names if name in latest and latest[name][0].failure is not None)

    def refresh(self) -> None:
        """Take in what changed in the store since the last batch."""
        self.openings.refresh()
        self.__dict__.pop("_week", None)

    def match(self, profile: Profile, *, now: datetime) -> list[Opening]:
        """Every opening in the order in which this person should see them, each once."""
        self.openings.refresh()
        today = issue_at(profile.digest, now).local_date
        found = self.openings.everything(profile, today=today)
        return ranked(found, profile, self.house.configuration.service.ranking, now=now)

    def compose(self, person: str, profile: Profile, issue: Issue, *, now: datetime) -> Digest:
        """One person's digest for one issue: what they have not been shown yet."""
        self.refresh()
        return self._compose(profile, issue, self._past(person, profile, issue), now=now)[0]

    def _compose(self, profile: Profile, issue: Issue, past: Past, *, now: datetime) -> tuple[Digest, dict[int, Any]]:
        service, had = self.house.configuration.service, past.told()
        unlike = frozenset(
            had[number]["employer"].casefold()
            for number, says in past.said.items()
            if says == "not_for_me" and had.get(number, {}).get("employer")
        )
        seen = Seen(
            numbers=past.facts.keys() | past.said.keys(), keys={told["key"] for told in had.values()}, unlike=unlike
        )
        found, tally = self.openings.best(
            profile,
            seen,
            room=profile.digest.max_openings,
            per_employer=self.mail.per_employer,
            one_step_months=self.mail.one_step_months,
            today=issue.local_date,
            now=now,
        )
        suspects = {number: told for number, told in had.items() if past.said.get(number) != "not_for_me"}
        changes, told = changed_since(suspects, self.openings, self.house.database)
        sources, failed = self._week
        week = Week(
            local_date=issue.local_date,
            next_date=next_issue(profile.digest, issue.at).local_date,
            sources_read=sources,
            sources_failed=failed,
            changes=changes,
            contacts=self._contacts(profile),
        )
        rules = Rules(self.mail, service.ranking, self.house.configuration.taxonomy.ladders)
        digest = compose(found, profile, week, rules, now=now, tally=tally, unlike=unlike)
        return digest, told

    def _past(self, person: str, profile: Profile, issue: Issue) -> Past:
        return self._pasts([(person, profile, issue)])[person]

    def _pasts(self, due: Sequence[Due]) -> dict[str, Past]:
        """What these people have had, with the digests of their issues' dates, whatever those were called."""
        marks = {person: people.address_mark(self.secret, profile.email) for person, profile, _ in due}
        with self.house.database.read() as connection:
            return pasts.of(connection, marks, {key for _, _, issue in due for key in issue.keys})

    def _contacts(self, profile: Profile) -> tuple[Contact, ...]:
        region = region_of(profile, self.openings.comparer.gazetteer)
        found = [one for one in self.house.configuration.contacts if not one.states or region in one.states]
        found.sort(key=lambda one: not one.states)
        return tuple(
            Contact(name=one.name, says=one.says, url=one.url, as_of=one.as_of) for one in found[:MOST_CONTACTS]
        )

    def render(
        self, person: str, profile: Profile, digest: Digest, issue: Issue, *, now: datetime
    ) -> tuple[Digest, Message]:
        """The digest as it fits into a mail, and the mail that would be sent."""
        return render(
            digest, addressee(person, profile, issue.key), self.desk, self.house.configuration.taxonomy, now=now
        )

    def queue(
        self, person: str, profile: Profile, issue: Issue, *, then_plan: bool = False, past: Past | None = None
    ) -> str:
        """Compose and queue one person's issue, and plan the next; what came of it: "queued", "nothing new", "paused" …

        `past`: as it was read for a whole batch; what happened since is looked at once more when the mail is queued.
        """
        check_mail(self.mail)
        now = self.house.clock()
        past = past or self._past(person, profile, issue)
        told = self._standing(past, now) or ("there already" if past.issued.intersection(issue.keys) else "")
        write = _nothing(told) if told else self._written(person, profile, issue, past, now=now)
        plan = self._planned(person, profile, now) if then_plan else None
        try:
            with self.house.database.write() as connection:
                outcome = write(connection)
                self._note(connection, person, outcome, plan, now=now)
        except _Gone:
            return "deleted"
        return outcome

    def _note(self, connection: Any, person: str, outcome: str, plan: Plan | None, *, now: datetime) -> None:
        """Write what came of it on the person's row. Raises _Gone when someone of the web has none any more."""
        handle = people.handle_of(self.secret, person)
        if people.note_outcome(connection, person, outcome, now=now, handle=handle, plan=plan):
            return
        if person not in self.house.configuration.profiles:
            raise _Gone
        people.known_as(connection, person, handle)
        people.note_outcome(connection, person, outcome, now=now, plan=plan)

    def try_to_queue(
        self, person: str, profile: Profile, issue: Issue, *, then_plan: bool = False, past: Past | None = None
    ) -> str:
        """The same; "failed" when this one's digest breaks, with the reason kept for `firstrung digest status`.

        It is tried again later, and after four times at the person's next date. StoreError and ConfigError are raised.
        """
        try:
            return self.queue(person, profile, issue, then_plan=then_plan, past=past)
        except (StoreError, ConfigError):
            raise
        except Exception as error:
            log.exception("a digest could not be made", extra={"error": type(error).__name__})
            now, reason = self.house.clock(), f"{type(error).__name__}: {error}"
            with self.house.database.write() as connection:
                if people.note_failure(connection, person, reason[:300], now=now) and then_plan:
                    people.plan(connection, [self._planned(person, profile, now)])
        return "failed"

    @staticmethod
    def _standing(past: Past, now: datetime) -> str:
        """Why a person gets nothing, whatever there is; "" when they may get mail."""
        if past.refused is not None:
            return f"stopped ({past.refused})"
        if past.member is not None and past.member.state != "active":
            return past.member.state
        return "paused" if past.member is not None and past.member.paused(now) else ""

    def foresee(self, person: str, profile: Profile, issue: Issue) -> tuple[str, Digest | None]:
        """What `queue` would come to now, and the digest that was looked at for it; nothing is queued or noted."""
        now = self.house.clock()
        past = self._past(person, profile, issue)
        reason = self._standing(past, now) or ("there already" if past.issued.intersection(issue.keys) else "")
        if reason:
            return reason, None
        digest, _ = self._compose(profile, issue, past, now=now)
        if digest.openings:
            return "would send", digest
        return ("still watching" if self._long_silent(past, now) else "nothing new"), digest

    def _long_silent(self, past: Past, now: datetime) -> bool:
        last = past.member.mailed_at if past.member else None
        return last is not None and now - last >= timedelta(days=self.mail.still_watching_days)

    def _written(self, person: str, profile: Profile, issue: Issue, past: Past, *, now: datetime) -> Write:
        """Compose and render an issue; what is left to do is to write it, within the transaction that notes what came of it."""
        digest, told = self._compose(profile, issue, past, now=now)
        if not digest.openings:
            return self._still_watching(person, profile, digest, past, now=now)
        digest, message = self.render(person, profile, digest, issue, now=now)
        shown = {
            number: face.facts() if (face := self.openings.told(number)) else {}
            for opening in digest.openings
            for number in (opening.number, *opening.twins)
        }
        mark = people.address_mark(self.secret, profile.email)
        terms = Terms(address_mark=mark, expires_at=now + timedelta(hours=self.mail.expires_hours))

        def write(connection: Any) -> str:
            if deliveries.issued_to(connection, mark, *issue.keys):
                return "there already"
            number = deliveries.queue(
                connection, person=person, issue=issue.key, message=message, shown=shown, now=now, terms=terms
            )
            if number is None:
                return "there already"
            deliveries.tell_anew(connection, person, told)
            return "queued"

        return write

    def _still_watching(self, person: str, profile: Profile, digest: Digest, past: Past, *, now: datetime) -> Write:
        """Nothing new: no mail, but a short one when there was none for a month."""
        if not self._long_silent(past, now):
            return _nothing("nothing new")
        key = f"s:{now:%Y-%m}"
        to = addressee(person, profile, key)
        url = self.desk.links.url("settings", self.desk.handle(to))
        message = note("watching", to, self.desk, now=now, url=url, openings=digest.postings_compared)
        mark = people.address_mark(self.secret, profile.email)
        terms = Terms(kind="watching", address_mark=mark, expires_at=now + timedelta(days=2))

        def write(connection: Any) -> str:
            number = deliveries.queue(
                connection, person=person, issue=key, message=message, shown=(), now=now, terms=terms
            )
            return "still watching" if number is not None else "nothing new"

        return write

    def due(self) -> list[Due]:
        """Whose digest is due, with the issue. A new person (or new wishes) is planned for the next wished hour first."""
        now = self.house.clock()
        self._plan_everyone(now)
        in_yaml = self.house.configuration.profiles
        with self.house.database.read() as connection:
            waiting = people.due(connection, now=now)
        due = []
        for member in waiting:
            profile = in_yaml.get(member.key) or member.profile
            if profile is not None and member.next_digest_at is not None:
                late = (
                    now - member.next_digest_at > LATE
                )  # after a pause or a standstill it is today's issue, not that of weeks ago
                due.append((member.key, profile, issue_at(profile.digest, now if late else member.next_digest_at)))
        return due

    def _plan_everyone(self, now: datetime) -> None:
        """Everyone has a next digest, for the wishes that they have now."""
        in_yaml = self.house.configuration.profiles
        with self.house.database.read() as connection:
            planned = deliveries.planned(connection, list(in_yaml))
            fresh = [(one.key, one.profile) for one in people.unplanned(connection) if one.profile is not None]
        for person, profile in in_yaml.items():
            at, wishes = planned.get(person, (None, ""))
            if at is None or wishes != wishes_key(profile.digest):
                fresh.append((person, profile))
        for begin in range(0, len(fresh), TOGETHER):
            self.plan(fresh[begin : begin + TOGETHER], after=now)

    def plan(self, persons: Sequence[tuple[str, Profile]], *, after: datetime) -> None:
        """Write when these people's next digests are due, and how links know them."""
        plans = [self._planned(person, profile, after) for person, profile in persons]
        with self.house.database.write() as connection:
            people.plan(connection, plans)

    def _planned(self, person: str, profile: Profile, after: datetime) -> Plan:
        at, handle = next_issue(profile.digest, after).at, people.handle_of(self.secret, person)
        in_yaml = person in self.house.configuration.profiles
        return Plan(person, at, wishes_key(profile.digest), handle, in_yaml=in_yaml)

    def queue_due(
        self,
        due: Iterable[Due] | None = None,
        *,
        stop: Callable[[], bool] = lambda: False,
        begun: Callable[[], None] = lambda: None,
    ) -> dict[str, int]:
        """Queue what is due (or these) and plan each person's next; counts by outcome. `begun` is called when the first one is done.

        Each person on their own: one whose digest breaks waits alone. Raises StoreError, and ConfigError: those are everybody's.
        """
        waiting = list(self.due() if due is None else due)
        counts: dict[str, int] = {}
        if waiting:
            self.refresh()
        with unwatched():
            self._queue_each(waiting, counts, stop, begun)
        if counts:
            log.info("digests queued", extra={key.replace(" ", "_"): value for key, value in counts.items()})
        return counts

    def _queue_each(
        self, waiting: Sequence[Due], counts: dict[str, int], stop: Callable[[], bool], begun: Callable[[], None]
    ) -> None:
        """Queue them one after the other, counting outcomes."""
        past: dict[str, Past] = {}
        for place, (person, profile, issue) in enumerate(waiting):
            if stop():
                break
            if place % TOGETHER == 0:
                past = self._pasts(waiting[place : place + TOGETHER])
            outcome = self.try_to_queue(person, profile, issue, then_plan=True, past=past[person])
            counts[outcome] = counts.get(outcome, 0) + 1
            if place == 0:
                begun()

    def send(
        self, *, stop: Callable[[], bool] = lambda: False, grace: timedelta | None = None, kinds: Sequence[str] = ()
    ) -> Sent:
        """Send every queued mail (of these kinds) through the configured channel, over `mail.connections` connections.

        One round at a time on all machines, so that the limits of a domain hold over all of them; a second one leaves what waits to
        the first (`Sent.elsewhere`). A way in (`kinds`) that somebody waits for is sent beside it, one mail at a time.
        """
        if kinds:
            return self._send(stop, grace, kinds)
        alone = leases.lease(self.house.database, "sending")
        try:
            sent = self._send(stop, grace, kinds) if alone.hold() else Sent(elsewhere=1)
        finally:
            alone.release()
        if sent.sent and (address := self.house.environ.get(self.mail.ping_env)):
            counts = f"{sent.sent} mails sent, {sent.in_doubt} in doubt, {sent.put_back} deferred, {sent.failed} failed"
            ping(address, "firstrung", counts)
        return sent

    def _send(self, stop: Callable[[], bool], grace: timedelta | None, kinds: Sequence[str]) -> Sent:
        if (
            grace is None
        ):  # no longer in doubt than a server may take over every step of a message that is still under way
            slowest = self.mail.smtp.timeout_seconds * 4 if self.mail.channel == "smtp" and self.mail.smtp else 0
            grace = IN_DOUBT_AFTER + timedelta(seconds=slowest)
        check_mail(self.mail)
        if self.pace is None:
            self.pace = Pace(self.mail.per_domain)
        connections = 1 if kinds else self.mail.connections
        channels = [open_channel(self.mail, self.house.environ) for _ in range(connections)]
        try:
            sent = send_waiting(
                self.house.database,
                channels[0],
                self.house.clock,
                stop=stop,
                grace=grace,
                limits=Limits(self.pace, self.mail.patience),
                others=tuple(channels[1:]),
                kinds=kinds,
            )
        finally:
            for channel in channels:
                channel.close()
        if sent != Sent():
            log.info("mails sent", extra={name: getattr(sent, name) for name in Sent.__dataclass_fields__})
        return sent


@contextmanager
def unwatched() -> Iterator[None]:
    """What is in memory now is not looked through for garbage meanwhile: all openings stay, and looking took a fifth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _nothing(outcome: str) -> Write:
    """The write of an issue that comes to no mail."""
    return lambda _connection: outcome


def addressee(person: str, profile: Profile, issue: str) -> Addressee:
    """A person as the one who gets an issue."""
    return Addressee(person, profile.email, issue, profile.digest.language)
