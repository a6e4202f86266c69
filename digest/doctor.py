"""Whether a service's mail can arrive: DNS records, the signing key, the server's TLS and the one-click page, rule by rule.

In: the mail rules and something that answers DNS. Out: findings, each with its rule and the mend. Sender rules: Google's and
Yahoo's of February 2024, Microsoft's of May 2025 (SPF, DKIM, aligned DMARC; PTR; one click).
"""

import base64
import ipaddress
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.dkim import Signer
from model.service import Mail

Answers = Callable[[str, str], Sequence[str]]
"""Name and record type to texts; an empty list when there are none; raises LookupError when nobody can be asked."""
Grade = Literal["right", "warning", "wrong"]
TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule: how it stands, what was found, and what to do about it."""

    rule: str
    grade: Grade
    says: str
    mend: str = ""


def ask_dns(name: str, kind: str, servers: Sequence[str] = (), port: int = 53) -> list[str]:
    """The records of a name as text. Raises LookupError when no server answers."""
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers, resolver.port = list(servers), port
    resolver.lifetime = TIMEOUT
    try:
        return [_text(record) for record in resolver.resolve(name, kind)]
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise LookupError(f"{kind} {name}: {type(error).__name__}") from error


def _text(record: object) -> str:
    strings = getattr(record, "strings", None)
    return b"".join(strings).decode(errors="replace") if strings else str(record).rstrip(".")


def examine(mail: Mail, signer: Signer | None, ask: Answers, *, reach: bool = True) -> Iterator[Finding]:
    """Every rule in turn. `reach`: also connect to the mail server and open the one-click page."""
    domain = mail.sender.rsplit("@", 1)[1].lower()
    bounce_domain = (mail.bounces.address if mail.bounces else mail.sender).rsplit("@", 1)[1].lower()
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("ways out", lambda: _ways_out(mail)),
        ("SPF", lambda: _spf(bounce_domain, mail, ask)),
        ("DKIM", lambda: _dkim(domain, signer, ask)),
        ("DMARC", lambda: _dmarc(domain, bounce_domain, signer, ask)),
        ("PTR", lambda: _ptr(mail, ask)),
        ("MX", lambda: _mx(bounce_domain, ask)),
    ]
    if reach:
        checks += [("TLS", lambda: _tls(mail)), ("one click", lambda: _page(mail))]
    for rule, check in checks:
        try:
            yield from check()
        except LookupError as error:
            yield Finding(rule, "warning", f"nobody could be asked ({error})", "run it where DNS can be reached")


def _ways_out(mail: Mail) -> Iterator[Finding]:
    if not mail.postal_address:
        yield Finding(
            "CAN-SPAM postal address",
            "wrong",
            "mail.postal_address is missing",
            "write the address that mail reaches you at",
        )
    if mail.public_url and mail.public_url.startswith("https://"):
        yield Finding("RFC 8058 one click", "right", f"pages at {mail.public_url}")
    else:
        yield Finding(
            "RFC 8058 one click",
            "wrong",
            "no https page to take the click",
            "serve `firstrung web` over https and set mail.public_url",
        )


def _spf(domain: str, mail: Mail, ask: Answers) -> Iterator[Finding]:
    records = [one for one in ask(domain, "TXT") if one.lower().startswith("v=spf1")]
    if len(records) != 1:
        says = f"{domain} has {'no SPF record' if not records else f'{len(records)} SPF records'}"
        yield Finding(
            "SPF (RFC 7208)", "wrong", says, f'one TXT record at {domain}: "v=spf1 mx -all", naming who sends'
        )
        return
    ends = records[0].split()[-1].lower()
    if ends in ("+all", "all", "?all"):
        yield Finding("SPF (RFC 7208)", "wrong", f"{records[0]} lets anybody send", "end it with -all or ~all")
        return
    server = mail.smtp.host if mail.smtp else "this machine"
    yield Finding("SPF (RFC 7208)", "right", f"{records[0]} (see that it covers {server})")


def _dkim(domain: str, signer: Signer | None, ask: Answers) -> Iterator[Finding]:
    rule = "DKIM (RFC 6376)"
    if signer is None:
        yield Finding(
            rule, "wrong", "mails are not signed here", "set mail.dkim, unless your mail server signs for this domain"
        )
        return
    name = f"{signer.selector}._domainkey.{signer.domain}"
    public = base64.b64encode(
        signer.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
    published = [dict(_tags(one)) for one in ask(name, "TXT")]
    if not published:
        yield Finding(rule, "wrong", f"nothing is published at {name}", f'TXT at {name}: "v=DKIM1; k=rsa; p={public}"')
    elif not any("".join(one.get("p", "").split()) == public for one in published):
        yield Finding(
            rule, "wrong", f"{name} publishes another key", f'put this one there: "v=DKIM1; k=rsa; p={public}"'
        )
    elif not (domain == signer.domain or domain.endswith(f".{signer.domain}")):
        yield Finding(
            rule, "wrong", f"d={signer.domain} is not aligned with {domain}", "sign for the domain in mail.sender"
        )
    else:
        yield Finding(rule, "right", f"{name} publishes our key")


def _tags(record: str) -> Iterator[tuple[str, str]]:
    for part in record.split(";"):
        name, separator, value = part.partition("=")
        if separator:
            yield name.strip().lower(), value.strip()


def _dmarc(domain: str, bounce_domain: str, signer: Signer | None, ask: Answers) -> Iterator[Finding]:
    rule, name = "DMARC (RFC 7489)", f"_dmarc.{domain}"
    records = [dict(_tags(one)) for one in ask(name, "TXT") if one.lower().startswith("v=dmarc1")]
    if len(records) != 1:
        yield Finding(
            rule,
            "wrong",
            f"{len(records) or 'no'} DMARC record at {name}",
            f'TXT at {name}: "v=DMARC1; p=none; rua=mailto:…"',
        )
        return
    policy = records[0].get("p", "")
    aligned = signer is not None or bounce_domain == domain or bounce_domain.endswith(f".{domain}")
    if policy not in ("none", "quarantine", "reject"):
        yield Finding(rule, "wrong", f"{name} has no valid p=", "p=none, quarantine or reject")
    elif not aligned:
        yield Finding(
            rule,
            "wrong",
            f"neither DKIM nor the return address {bounce_domain} is aligned with {domain}",
            "sign with DKIM",
        )
    else:
        yield Finding(rule, "right", f"p={policy}")


def _ptr(mail: Mail, ask: Answers) -> Iterator[Finding]:
    """Forward and reverse names of the sending server agree."""
    rule, host = "PTR (forward and reverse)", mail.smtp.host if mail.smtp else ""
    if not host or host in ("localhost", "127.0.0.1", "::1"):
        yield Finding(
            rule, "warning", "the sending server's public address is not known here", "look at its reverse name by hand"
        )
        return
    addresses = [host] if _is_address(host) else [*ask(host, "A"), *ask(host, "AAAA")]
    for address in addresses:
        names = ask(ipaddress.ip_address(address).reverse_pointer, "PTR")
        back = any(address in (*ask(one, "A"), *ask(one, "AAAA")) for one in names)
        says = f"{address} is called {', '.join(names) or 'nothing'}"
        if back:
            yield Finding(rule, "right", says)
        else:
            yield Finding(rule, "wrong", says, "ask whoever gave you the address for a reverse name that points back")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _mx(domain: str, ask: Answers) -> Iterator[Finding]:
    if ask(domain, "MX"):
        yield Finding("returns can arrive", "right", f"{domain} takes mail")
    else:
        yield Finding(
            "returns can arrive",
            "wrong",
            f"{domain} has no MX record",
            "give the return address's domain a mail server",
        )


def _tls(mail: Mail) -> Iterator[Finding]:
    rule, server = "TLS to the mail server", mail.smtp
    if mail.channel != "smtp" or server is None:
        yield Finding(rule, "warning", f"channel {mail.channel} does not send", "channel: smtp")
        return
    try:
        context = ssl.create_default_context()
        if server.security == "tls":
            with smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context):
                pass
        else:
            with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT) as connection:
                if server.security == "starttls":
                    connection.starttls(context=context)
    except (OSError, smtplib.SMTPException) as error:
        yield Finding(
            rule, "wrong", f"{server.host}:{server.port}: {error}", "the certificate must be valid for that name"
        )
        return
    local = server.security == "none"
    says = (
        "no TLS, as configured: right only for a server on this machine"
        if local
        else f"{server.host} answers with a valid certificate"
    )
    yield Finding(
        rule,
        "right" if not local or server.host in ("localhost", "127.0.0.1", "::1") else "wrong",
        says,
        "security: starttls" if local else "",
    )


def _page(mail: Mail) -> Iterator[Finding]:
    """A made-up token at the one-click page must give 404 from our program: then the page is reached, and tokens are looked at."""
    rule, url = "one-click page can be reached", f"{(mail.public_url or '').rstrip('/')}/stop/doctor.doctor"
    if not mail.public_url:
        return
    request = urllib.request.Request(url, method="POST", data=b"List-Unsubscribe=One-Click")  # noqa: S310  (http(s) by the schema)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            status, ours = answer.status, False
    except urllib.error.HTTPError as error:
        status, ours = error.code, "default-src 'none'" in error.headers.get("Content-Security-Policy", "")
    except OSError as error:
        yield Finding(rule, "wrong", f"{url}: {error}", "start `firstrung web` and its proxy")
        return
    if status == 404 and ours:
        yield Finding(rule, "right", f"{mail.public_url} answers")
    else:
        yield Finding(
            rule,
            "wrong",
            f"{url} answered {status}, not our page's 404",
            "the proxy must pass /stop/ on unchanged, without a redirect",
        )
