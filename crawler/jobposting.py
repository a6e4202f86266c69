"""A schema.org JobPosting object, from JSON-LD or microdata, as a posting. Shared by every format whose pages carry one."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from crawler.addresses import key_of
from crawler.fields import day, employment_types, one_line, unescaped, workplace
from crawler.pays import amount, pay, pay_in
from crawler.places import distinct, place, place_in, said
from crawler.records import Record
from model.posting import Pay, Place, Posting

IGNORED = frozenset(
    {
        "@context",
        "@type",
        "name",
        "identifier",
        "hiringOrganization.@type",
        "hiringOrganization.sameAs",
        "hiringOrganization.logo",
        "hiringOrganization.url",
        "hiringOrganization.description",
        "hiringOrganization.address",
        "@id",
        "directApply",
        "applicantLocationRequirements",  # looked at where there is no place
        "industry",
        "occupationalCategory",
        "sameAs",
        "logo",
        "image",
        "mainEntityOfPage",
        "specialCommitments",
        "incentiveCompensation",
        "jobBenefits",
        "benefits",
        "jobImmediateStart",
        "totalJobOpenings",
        "relevantOccupation",
        "applicationContact",
        "employerOverview",
        "employmentUnit",
        "dateModified",
        "inLanguage",
        "publisher",
        "workHours",
        "salaryCurrency",
        "experienceInPlaceOfEducation",
        "securityClearanceRequirement",
        "jobStartDate",
        "physicalRequirement",
        "sensoryRequirement",
        "eligibilityToWorkRequirement",
        "potentialAction",
        "disambiguatingDescription",
        "keywords",
        "thumbnailUrl",
    }
)


def parse(record: Record, source: str, page_url: str, posting_id: str, page_title: str = "") -> Posting:
    """The posting in one JobPosting object; `page_url` resolves relative addresses and stands in for a missing one."""
    employer = employer_of(record)
    sums, said_pay = _pay(record)
    remote = workplace(*_words(record.value("jobLocationType")))
    places = _places(record, employer) or _applicant_places(record)
    return Posting(
        source=source,
        id=posting_id,
        title=_title(record, employer, page_title),
        description=_description(record),
        url=_url(record, page_url),
        employer=employer,
        locations=places,
        workplace=remote,
        employment_type=employment_types(*_words(record.value("employmentType"))),
        date_posted=day(_scalar(record.value("datePosted"))),
        valid_through=day(_scalar(record.value("validThrough"))),
        pay=sums,
        pay_text=said_pay,
    )


def identifier(found: Mapping[str, Any]) -> str | None:
    """What the board itself calls the posting: `identifier` as an object, text, number or list; None if it says nothing."""
    value = found.get("identifier")
    for one in value if isinstance(value, list) else [value]:
        named = one.get("value", one.get("@value", one.get("propertyID"))) if isinstance(one, Mapping) else one
        if isinstance(named, str | int) and not isinstance(named, bool) and said(str(named)):
            return str(named).strip()
    return None


def page_identity(url: str) -> str:
    """A posting's identity from its address: the number or UUID in it, else host and path."""
    key = key_of(url)
    path = key.split("/", 1)[-1]
    if uuid := re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", path, re.IGNORECASE):
        return uuid[0].lower()
    above, _, last = key.rpartition("/")
    if numbered := re.match(r"(\d{5,})-\D", last):  # 1234567-medical-biller: the words after the number change
        return f"{above}/{numbered[1]}"
    return key


def employer_of(record: Record) -> str | None:
    """The hiring organisation's name: object, list or text; None for "confidential"."""
    organisation = record.records("hiringOrganization")
    for one in organisation:
        named = one.text("name", "legalName")
        one.value("@id")
        if named and named.casefold() != "confidential":
            return one_line(named)
    texts = record.texts("hiringOrganization")
    return one_line(texts[0]) if texts and texts[0].casefold() != "confidential" else None


def _title(record: Record, employer: str | None, page_title: str) -> str:
    """The posting's title; the page's own where it ends with the employer's name."""
    named = one_line(_scalar(record.value("title"))) or one_line(_scalar(record.value("name")))
    if named:
        return named
    shown = one_line(page_title) or ""
    if employer and shown.casefold().endswith(employer.casefold()):
        return shown[: -len(employer)].rstrip(" -–—|:·")
    return ""


def _description(record: Record) -> str:
    """The description with the parts that some boards keep apart, unescaped."""
    value = record.value("description")
    body = "\n".join(str(part) for part in value) if isinstance(value, list) else str(value or "")
    text = unescaped(body)
    if text.endswith("UNAVAILABLE"):
        text = _UNAVAILABLE.sub("", text)
    extra = []
    for name in ("responsibilities", "qualifications", "skills", "educationRequirements", "experienceRequirements"):
        part = unescaped(_prose(record.value(name)))
        if part and part != "UNAVAILABLE" and part[:200] not in text:
            extra.append(f"<h3>{_HEADINGS[name]}</h3>\n{part}")
    return "\n".join([text, *extra]).strip()


_HEADINGS = {
    "responsibilities": "Responsibilities",
    "qualifications": "Qualifications",
    "skills": "Skills",
    "educationRequirements": "Education requirements",
    "experienceRequirements": "Experience requirements",
}


_UNAVAILABLE = re.compile(r"(?:\s*\b(?:Skills|Qualifications|Responsibilities)?\s*UNAVAILABLE\s*)+$")


def _prose(value: object) -> str:
    """A field that should be text but may be a list or an object."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(filter(None, (_prose(part) for part in value)))
    if isinstance(value, Mapping):
        months = value.get("monthsOfExperience")
        return str(
            value.get("credentialCategory") or value.get("name") or (f"{months} months of experience" if months else "")
        )
    return ""


def _scalar(value: object) -> str | None:
    """The first plain value of a field."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("@value")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _words(value: object) -> list[str]:
    """Words of a field that may be text, a list or a comma list."""
    every = value if isinstance(value, list) else [value]
    return [
        word.strip() for one in every if isinstance(one, str) for word in one.strip("[]").replace('"', "").split(",")
    ]


def _url(record: Record, page_url: str) -> str:
    """The posting's own address, absolute; the page's where it names none."""
    named = _scalar(record.value("url"))
    joined = urljoin(page_url, named.strip()) if named else page_url
    return joined if joined.startswith(("http://", "https://")) else page_url


def _places(record: Record, employer: str | None) -> tuple[Place, ...]:
    """The posting's places: objects, lists or texts; a place that bears the employer's name is known by its address."""
    value = record.value("jobLocation")
    found = [_place(one, employer) for one in (value if isinstance(value, list) else [value])]
    return distinct(found)


def _applicant_places(record: Record) -> tuple[Place, ...]:
    """Where applicants of a posting without a place of its own must live."""
    value = record.value("applicantLocationRequirements")
    names = [
        one.get("name") if isinstance(one, Mapping) else one for one in (value if isinstance(value, list) else [value])
    ]
    return distinct(place_in(str(name)) for name in names if said(name))


def _place(value: object, employer: str | None) -> Place | None:
    """One Place."""
    if isinstance(value, str):
        return place_in(value) if said(value) else None
    if not isinstance(value, Mapping):
        return None
    named = said(value.get("name"))
    address = value.get("address")
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, str):
        return place_in(address) if said(address) else None
    parts = address if isinstance(address, Mapping) else value
    country = parts.get("addressCountry")
    if isinstance(country, Mapping):
        country = country.get("name") or country.get("@id")
    found = place(
        city=_one(parts.get("addressLocality")),
        region=_one(parts.get("addressRegion")),
        postal_code=_one(parts.get("postalCode")),
        country=_one(country),
    )
    if found is not None and (found.city or found.region or found.postal_code):
        return found
    if named and named.casefold() != (employer or "").casefold():
        return place_in(named)
    return found


def _one(value: object) -> object:
    """The first of a list, else the value."""
    return value[0] if isinstance(value, list) and value else value


def _pay(record: Record) -> tuple[Pay | None, str | None]:
    """Pay from baseSalary, else estimatedSalary: numbers, text, MonetaryAmount with a value, a range, or text."""
    for name in ("baseSalary", "estimatedSalary"):
        value = record.value(name)
        for one in value if isinstance(value, list) else [value]:
            found, shown = _salary(one, record)
            if found or shown:
                return found, shown
    return None, None


def _salary(value: object, record: Record) -> tuple[Pay | None, str | None]:
    """One salary."""
    currency = record.value("salaryCurrency")
    if isinstance(value, str):
        return pay_in(value) or pay(value, currency=currency), one_line(value)
    if isinstance(value, int | float):
        return pay(value, currency=currency), None
    if not isinstance(value, Mapping):
        return None, None
    inner = value.get("value")
    inner = inner[0] if isinstance(inner, list) and inner else inner
    ranged: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {**value, "value": inner}
    unit = ranged.get("unitText") or value.get("unitText") or ranged.get("unitCode") or ranged.get("duration")
    currency = value.get("currency") or ranged.get("currency") or currency
    low = ranged.get("minValue", ranged.get("median"))
    single = ranged.get("value")
    if isinstance(single, str) and low is None and (told := pay_in(single)):
        return pay(told.min, told.max, unit or told.period, currency or told.currency), one_line(single)
    most = ranged.get("maxValue")
    if amount(low or single) is None and amount(most) is not None:
        return None, one_line(f"up to {most} {currency or ''} {unit or ''}")
    return pay(low or single, most, unit, currency), None
