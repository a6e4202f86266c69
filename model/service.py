"""`config/service.yaml`: what the operator decides once for the whole service."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from model.profile import MailAddress, Zone
from model.source import CrawlRules, Period, Strict, WebAddress


class Smtp(Strict):
    """A submission server. The password comes from the environment variable that `password_env` names, never from the YAML."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password_env: str = "FIRSTRUNG_SMTP_PASSWORD"  # noqa: S105  (a variable's name)
    timeout_seconds: int = Field(default=60, ge=1, le=600)


class Dkim(Strict):
    """`dkim:` signs each mail. The private key (PEM, RSA of 2048 bits or more) is a file or stands in the environment."""

    selector: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")]
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")] | None = None
    key_file: str | None = None
    key_env: str = "FIRSTRUNG_DKIM_KEY"


class Imap(Strict):
    """The mailbox that returned mail lands in. The password comes from the environment variable that `password_env` names."""

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str
    password_env: str = "FIRSTRUNG_IMAP_PASSWORD"  # noqa: S105  (a variable's name)
    folder: str = "INBOX"


class Patience(Strict):
    """A full or resting mailbox: on how many days of how many it may be so before the address gets no more mail."""

    days: int = Field(default=3, ge=1, le=30)
    within_days: int = Field(default=45, ge=1, le=365)


class Bounces(Patience):
    """`bounces:` where returned mail goes: each mail leaves as user+token@domain, so that a return tells whose it is.

    `days`, `within_days`: a mailbox that was full on so many days of so many gets no more mail.
    """

    address: MailAddress
    imap: Imap | None = None


class PerDomain(Strict):
    """`per_domain:` how much one receiving domain gets at most."""

    at_once: int = Field(default=4, ge=1, le=100)
    a_minute: int = Field(default=600, ge=1, le=100_000)


class Mail(Strict):
    """Who the digests come from and how they leave. Without `postal_address` and a way out nothing is sent.

    `ping_env`: the environment variable with the address (apprise's) that is told how many mails a round sent; not set: nobody is.
    """

    sender: MailAddress
    sender_name: str = "firstrung"
    reply_to: MailAddress | None = None
    postal_address: str | None = None
    public_url: WebAddress | None = None
    unsubscribe_mail: MailAddress | None = None
    channel: Literal["eml", "smtp"] = "eml"
    folder: str = "outbox"
    smtp: Smtp | None = None
    secret_env: str = "FIRSTRUNG_SECRET"  # noqa: S105  (a variable's name)
    ping_env: str = "FIRSTRUNG_PING"
    per_employer: int = Field(default=3, ge=1, le=50)
    one_step_months: float = Field(default=12, ge=0, le=120)
    list_id: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")] | None = None
    dkim: Dkim | None = None
    bounces: Bounces | None = None
    per_domain: PerDomain = PerDomain()
    connections: int = Field(default=1, ge=1, le=32)
    postfix_log: str | None = None
    expires_hours: int = Field(default=20, ge=1, le=240)
    still_watching_days: int = Field(default=30, ge=7, le=365)

    @property
    def patience(self) -> Patience:
        """How long a full mailbox is borne with; the same whether the server says so or a returned mail."""
        return self.bounces or Patience()

    @field_validator("folder")
    @classmethod
    def _folder(cls, value: str) -> str:
        if ".." in PurePosixPath(value).parts:
            raise ValueError("a folder without .. in it")
        return value


class Schedule(Strict):
    """`schedule:` how often the clock looks for what is due, and how many crawls may run side by side."""

    tick_seconds: int = Field(default=30, ge=1, le=3600)
    crawls_at_once: int = Field(default=2, ge=1, le=32)
    read_chunk: int = Field(default=500, ge=1, le=10_000)
    retry_failed_after: Period = 60


class Ranking(Strict):
    """`ranking:` what moves an opening up or down. Every number that ranking uses stands here."""

    entry_level_underserved: float = 100
    entry_level: float = 60
    underserved: float = 25
    preferred_care_setting: float = 20
    fresh_days: int = Field(default=14, ge=1, le=365)
    fresh: float = 15
    near: float = 15
    pay: float = 10
    per_gap: float = -10
    unlike: float = -15


class Web(Strict):
    """`web:` the pages where people join, change and leave. `behind_proxy`: trust X-Forwarded-For of `proxies`.

    `metrics`: show /metrics there too; only where the proxy keeps strangers from it.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    behind_proxy: bool = False
    open_to_all: bool = True
    metrics: bool = False
    proxies: tuple[str, ...] = ("127.0.0.1",)
    mails_an_hour: int = Field(default=200, ge=1, le=100_000)


class Work(Strict):
    """`work:` who does what is due, and how a worker that died is noticed (the last three: PostgreSQL only)."""

    engine: Literal["in_process", "procrastinate"] = "in_process"
    starts: int = Field(default=4, ge=1, le=100)
    digest_chunk: int = Field(default=50, ge=1, le=10_000)
    heartbeat_seconds: int = Field(default=5, ge=1, le=300)
    stalled_seconds: int = Field(default=20, ge=2, le=3600)
    poll_seconds: int = Field(default=2, ge=1, le=60)

    @model_validator(mode="after")
    def _in_order(self) -> "Work":
        if self.stalled_seconds < 2 * self.heartbeat_seconds:
            raise ValueError("stalled_seconds must be at least twice heartbeat_seconds")
        return self


class Retention(Strict):
    """`retention:` after how many days what is thrown away; null keeps it for ever. Once a day, or `firstrung store retain`."""

    payload_days: int | None = Field(default=None, ge=1)
    closed_days: int | None = Field(default=None, ge=30)
    mail_days: int | None = Field(default=90, ge=7)
    run_days: int | None = Field(default=400, ge=30)


class Alarms(Strict):
    """`alarms:` who is told by mail when something is wrong, and after how long a source is silent and anything is late."""

    to: MailAddress | None = None
    silent_after: Period = 2 * 24 * 60
    late_after: Period = 6 * 60


class Service(Strict):
    """The whole file. Everything has a default, so an empty file is a working service that writes .eml files."""

    database: Annotated[str, Field(pattern=r"^(sqlite|postgresql(\+psycopg)?)://")] = "sqlite:///firstrung.db"
    zone: Zone = "America/Chicago"
    crawl: CrawlRules = CrawlRules()
    mail: Mail | None = None
    schedule: Schedule = Schedule()
    ranking: Ranking = Ranking()
    web: Web = Web()
    work: Work = Work()
    retention: Retention = Retention()
    alarms: Alarms = Alarms()
