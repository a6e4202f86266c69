"""The gold form: a posting as one line of JSON gives it, and a reading as one line of JSON shows it.

The form is the public contract of `firstrung read`; field names and order do not change.
"""

import json
from collections.abc import Mapping
from typing import Any

from model.posting import Place, Posting, Workplace
from model.reading import CredentialAsk, Evidence, ExperienceAsk, Reading

WILDCARDS = frozenset({"any:coding", "any:billing", "any:aapc", "any:ahima", "any:him", "any:ma"})


def posting_from_line(record: Mapping[str, Any]) -> Posting:
    """A posting from `id`, `title`, `company`, `location`, `employment_type`, `salary`, `remote`, `description`.

    All but `id` and `description` may be absent, None, a list or a number. Raises ValueError when one of the two is not there.
    """
    posting_id, description = record.get("id"), record.get("description")
    if isinstance(posting_id, bool) or not isinstance(posting_id, (str, int)) or posting_id == "":
        raise ValueError("the field 'id' is missing or no text")
    if not isinstance(description, str):
        raise ValueError("the field 'description' is missing or no text")
    location = _text(record.get("location"))
    return Posting(
        source="line",
        id=str(posting_id),
        title=_text(record.get("title")),
        description=description,
        employer=_text(record.get("company")) or None,
        locations=(Place(text=location),) if location else (),
        workplace=_workplace(record.get("remote")),
        employment_type=_texts(record.get("employment_type")),
        pay_text=_text(record.get("salary")) or None,
    )


def _text(value: Any) -> str:
    """Any JSON value as one text; lists are joined, objects and None are nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(part for part in map(_text, value) if part)
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    """Any JSON value as a tuple of texts."""
    if isinstance(value, (list, tuple)):
        return tuple(part for part in map(_text, value) if part)
    return (text,) if (text := _text(value)) else ()


def _workplace(value: Any) -> Workplace | None:
    """`remote` as sources give it: true and "remote" say so, false says nothing about what the work is like."""
    if value is True:
        return "remote"
    word = _text(value).strip().lower().replace("-", "")
    words: dict[str, Workplace] = {"remote": "remote", "true": "remote", "hybrid": "hybrid", "onsite": "onsite"}
    return words.get(word)


def gold_form(reading: Reading) -> dict[str, Any]:
    """The reading in the labels' form: facts only, each with its shortest quote."""
    pay = reading.pay
    return {
        "id": reading.id,
        "credentials": [_credential(ask) for ask in reading.credentials if ask.modality != "accepted"],
        "required_groups": [[_shown_id(member) for member in group] for group in reading.required_groups],
        "experience": {
            "required_min_months": reading.required_min_months,
            "headline_months": reading.headline_months,
            "preferred_min_months": reading.preferred_min_months,
            "items": [_experience(ask) for ask in reading.experience],
        },
        "education": {"required_min": reading.education_required, "preferred_min": reading.education_preferred},
        "entry_level": reading.entry_level,
        "settings": [setting.id for setting in reading.care_settings],
        "underserved": bool(reading.underserved),
        "workplace": reading.workplace or "unknown",
        "pay": {"min": pay.min, "max": pay.max, "period": pay.period} if pay else None,
        "suspicious": bool(reading.suspicious),
    }


def _credential(ask: CredentialAsk) -> dict[str, Any]:
    return {
        "id": _shown_id(ask.id),
        "modality": ask.modality,
        "within_months": ask.within_months if ask.modality == "obtain" else None,
        "quote": _quote(ask.evidence),
    }


def _shown_id(credential_id: str) -> str:
    """The id as the form knows it; open wordings that the form has no word for go under `other:`."""
    if credential_id.startswith("any:") and credential_id not in WILDCARDS:
        return f"other:{credential_id.removeprefix('any:')} certification"
    return credential_id


def _experience(ask: ExperienceAsk) -> dict[str, Any]:
    return {
        "min_months": ask.min_months,
        "max_months": ask.max_months,
        "modality": "required" if ask.modality in ("accepted", "obtain") else ask.modality,
        "area": ask.area,
        "quote": _quote(ask.evidence),
    }


def _quote(evidence: Evidence) -> str:
    return evidence.quote


def line_of(form: Mapping[str, Any]) -> str:
    """The form as one line of JSON."""
    return json.dumps(form, ensure_ascii=False)
