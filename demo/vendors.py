"""The two hosted boards, in their vendors' shapes: Greenhouse's Job Board API and Lever's Postings API."""

import html
import json
import uuid
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from demo.records import Employer, Pay, Posting, parts, plain, whole

_CENTRAL = timezone(timedelta(hours=-6))
_NAMESPACE = uuid.UUID("5f0c9c1e-6c1a-4a0b-9f5e-3d0a7c2b1e44")
_COMMITMENT = {"FULL_TIME": "Full-time", "PART_TIME": "Part-time", "CONTRACTOR": "Contract", "PER_DIEM": "PRN"}
_INTERVAL = {"hour": "per-hour-wage", "week": "per-week-salary", "year": "per-year-salary"}
_SPOKEN = {"": "Not specified", "onsite": "On-site", "hybrid": "Hybrid", "remote": "Remote"}


def number(posting_id: str) -> int:
    """A number that stays the same for a posting: what boards use for ids."""
    return 4_000_000 + zlib.crc32(posting_id.encode()) % 4_000_000


def lever_id(posting_id: str) -> str:
    """The UUID that stands for a posting on Lever."""
    return str(uuid.uuid5(_NAMESPACE, posting_id))


def moment(day: date, hour: int = 9) -> datetime:
    """An hour of `day` in Central time."""
    return datetime.combine(day, time(hour, 14, 7), _CENTRAL)


def greenhouse_board(employer: Employer, postings: Sequence[Posting], today: date, *, content: bool) -> bytes:
    """`/v1/boards/{token}/jobs`: every opening in one reply; texts, departments and offices only with `content`."""
    jobs = [_greenhouse_job(employer, posting, today, content=content) for posting in postings]
    return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()


def greenhouse_job(employer: Employer, posting: Posting, today: date) -> bytes:
    """`/v1/boards/{token}/jobs/{id}`: one opening with everything."""
    return json.dumps(_greenhouse_job(employer, posting, today, content=True)).encode()


def _greenhouse_job(employer: Employer, posting: Posting, today: date, *, content: bool) -> dict[str, Any]:
    key = number(posting.id)
    posted = moment(posting.posted(today))
    closes = posting.closes(today)
    job: dict[str, Any] = {
        "absolute_url": _greenhouse_url(employer, key),
        "data_compliance": [{"type": "gdpr", "requires_consent": False, "retention_period": None}],
        "internal_job_id": key + 10_000_000,
        "location": {"name": _greenhouse_place(posting)},
        "metadata": [
            _metadata(1, "Employment Type", _COMMITMENT.get(posting.type, posting.type)),
            _metadata(2, "Workplace Type", _SPOKEN[posting.workplace]),
        ],
        "id": key,
        "updated_at": moment(min(today, posting.posted(today) + timedelta(days=1)), 6).isoformat(),
        "requisition_id": f"R-{key % 100_000:05}",
        "title": posting.title,
        "company_name": f"{employer.name} ",
        "first_published": posted.isoformat(),
        "language": "en",
        "application_deadline": closes and moment(closes, 17).isoformat(),
    }
    if content:
        job |= {
            "content": html.escape(whole(posting.body)),
            "departments": [
                {"id": 40 + len(posting.department), "name": posting.department or "General", "child_ids": []}
            ],
            "offices": [_office(employer)],
        }
        if posting.pay:
            job["pay_input_ranges"] = [_pay_range(posting.pay)]
    return job


def _greenhouse_url(employer: Employer, key: int) -> str:
    if "greenhouse.io" in employer.site:
        return f"{employer.site}/jobs/{key}"
    return f"{employer.site}?gh_jid={key}"


def _greenhouse_place(posting: Posting) -> str:
    if posting.workplace == "remote":
        return "Remote - Illinois"
    return f"{posting.city}, IL {posting.zip}"


def _metadata(key: int, name: str, value: str) -> dict[str, Any]:
    return {"id": 7_000_000 + key, "name": name, "value": value, "value_type": "single_select"}


def _office(employer: Employer) -> dict[str, Any]:
    where = f"{employer.city}, Illinois, United States"
    return {"id": number(employer.key), "name": employer.city, "location": where, "child_ids": [], "parent_id": None}


def _pay_range(pay: Pay) -> dict[str, Any]:
    return {
        "min_cents": round(pay.low * 100),
        "max_cents": round(pay.high * 100),
        "currency_type": "USD",
        "title": "Hourly range" if pay.period == "hour" else "Annual range",
        "blurb": "",
    }


def lever_page(employer: Employer, postings: Sequence[Posting], today: date) -> bytes:
    """`/v0/postings/{site}`: a bare array."""
    return json.dumps([_lever_posting(employer, posting, today) for posting in postings]).encode()


def lever_posting(employer: Employer, posting: Posting, today: date) -> bytes:
    """`/v0/postings/{site}/{id}`: one opening."""
    return json.dumps(_lever_posting(employer, posting, today)).encode()


def _lever_posting(employer: Employer, posting: Posting, today: date) -> dict[str, Any]:
    key, cut = lever_id(posting.id), parts(posting.body)
    place = "Remote" if posting.workplace == "remote" else f"{posting.city}, IL"
    shown: dict[str, Any] = {
        "id": key,
        "text": posting.title,
        "hostedUrl": f"{employer.site}/{key}",
        "applyUrl": f"{employer.site}/{key}/apply",
        "createdAt": int(moment(posting.posted(today)).astimezone(UTC).timestamp() * 1000),
        "categories": {
            "commitment": _COMMITMENT.get(posting.type, posting.type),
            "location": place,
            "team": posting.department or "Operations",
            "allLocations": [place],
        },
        "country": "US",
        "workplaceType": {"onsite": "on-site", "": "unspecified"}.get(posting.workplace, posting.workplace),
        "description": cut.opening,
        "descriptionPlain": plain(cut.opening),
        "lists": [{"text": heading, "content": content} for heading, content in cut.lists],
        "additional": cut.closing,
        "additionalPlain": plain(cut.closing),
    }
    if posting.pay:
        shown["salaryRange"] = {
            "min": posting.pay.low,
            "max": posting.pay.high,
            "currency": "USD",
            "interval": _INTERVAL[posting.pay.period],
        }
    return shown
