"""Form fields -> a checked profile, and a profile -> the values that the form shows. Faults come back in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from email_validator import EmailNotValidError, validate_email
from pydantic import ValidationError

from matcher.taxonomy import Taxonomy
from model.profile import Profile

ROWS = range(1, 4)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ZONES = (
    ("America/New_York", "Eastern"), ("America/Chicago", "Central"), ("America/Denver", "Mountain"), ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"), ("America/Anchorage", "Alaska"), ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico"),
)  # fmt: skip
EDUCATION = (
    ("none", "none of these"), ("hs", "high school diploma or GED"), ("training", "a finished training programme"),
    ("associate", "associate degree"), ("bachelor", "bachelor's degree"), ("master", "master's degree"),
)  # fmt: skip
STATES = (
    ("held", "I hold it"), ("enrolled", "I am in the programme"), ("booked", "my exam is booked (date)"), ("expired", "it has expired"),
)  # fmt: skip
KINDS = (
    ("paid", "paid work"), ("externship", "externship"), ("credited", "credited practice"),
    ("volunteer", "volunteer"), ("military", "military"),
)  # fmt: skip
COMMON_SETTINGS = (
    "assisted_living", "memory_care", "nursing_facility", "home_health", "hospice", "fqhc", "rural_health_clinic",
    "critical_access_hospital", "behavioral_health", "small_practice", "hospital", "payer",
)  # fmt: skip
SAYS = {
    "email": "Write an address such as ana@example.org.",
    "place": "Write a ZIP code of five digits.",
    "credentials": "Look at the credentials: a date is written 2027-02-10.",
    "experience": "Look at the experience: months are a whole number.",
    "pay_floor": "Write the pay as a number, such as 17.50.",
    "digest": "Look at when and how often you want mail.",
    "yes": "Tick this, so that we may send you mail.",
    "digits": "These digits are wrong or too old.",
    "": "Look at this again.",
}


@dataclass(slots=True)
class Filled:
    """A form as it came: the checked profile, or what is wrong by field."""

    profile: Profile | None = None
    faults: dict[str, str] = field(default_factory=dict)


def address_of(text: str) -> str | None:
    """The address in one spelling (domain in small letters), or None when it is none. Nothing is asked of the network."""
    try:
        found = validate_email(text.strip()[:254], check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (found.ascii_email or "").lower() or None


def read_form(form: Mapping[str, Any], many: Mapping[str, list[str]], *, email: str, taxonomy: Taxonomy) -> Filled:
    """The profile that a form describes. `many`: fields that may be ticked more than once."""
    said = {"email": email, **_about(form, many), **_lists(form, taxonomy)}
    said["digest"] = {
        name: form[f"digest_{name}"]
        for name in ("cadence", "day", "at", "zone", "language")
        if form.get(f"digest_{name}")
    }
    if str(form.get("digest_max", ""))[:4].isdecimal():
        said["digest"]["max_openings"] = int(str(form["digest_max"])[:4])
    try:
        return Filled(Profile.model_validate({key: value for key, value in said.items() if value is not None}))
    except ValidationError as error:
        faults = {}
        for one in error.errors():
            part = str(one["loc"][0]) if one["loc"] else ""
            faults[part] = SAYS.get(part, SAYS[""])
        return Filled(None, faults)


def _about(form: Mapping[str, Any], many: Mapping[str, list[str]]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": str(form.get("name", "")).strip()[:80] or None,
        "education": form.get("education") or None,
    }
    radius = str(form.get("radius", "30"))
    if zip_code := str(form.get("zip", "")).strip():
        said["place"] = {
            "zip": zip_code,
            "radius_miles": int(radius) if radius.isdecimal() and len(radius) <= 5 else 30,
        }
    said["workplace"] = many.get("workplace") or None
    said["employment_type"] = many.get("employment_type") or None
    said["care_settings"] = {"prefer": many.get("prefer", [])}
    if floor := str(form.get("pay", "")).strip().lstrip("$").replace(",", ""):
        said["pay_floor"] = {"amount": _number(floor), "period": form.get("pay_period", "hour")}
    return said


def _lists(form: Mapping[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """Credentials and experience: rows that were filled in; none ticked means none, nothing filled in means not said."""
    credentials = []
    for row in ROWS:
        chosen = str(form.get(f"credential_{row}", ""))
        if taxonomy.credential(chosen) is not None:
            one: dict[str, Any] = {"id": chosen, "state": form.get(f"state_{row}") or "held"}
            if one["state"] == "booked" and form.get(f"on_{row}"):
                one["on"] = str(form[f"on_{row}"])
            credentials.append(one)
    experience = []
    for row in ROWS:
        area, months = str(form.get(f"area_{row}", "")), str(form.get(f"months_{row}", "")).strip()
        if taxonomy.area(area) is not None:
            experience.append(
                {
                    "area": area,
                    "months": int(months) if months.isdecimal() and len(months) <= 5 else months,
                    "kind": form.get(f"kind_{row}") or "paid",
                }
            )
    return {
        "credentials": credentials or ([] if form.get("no_credentials") else None),
        "experience": experience or ([] if form.get("no_experience") else None),
    }


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def shown(profile: Profile | None) -> dict[str, Any]:
    """The form's values for a profile; of an empty form for None."""
    if profile is None:
        return {
            "digest_cadence": "weekly",
            "digest_day": "monday",
            "digest_at": "07:00",
            "radius": "30",
            "pay_period": "hour",
            "digest_max": "20",
        }
    values: dict[str, Any] = {
        "name": profile.name or "",
        "education": profile.education or "",
        "zip": profile.place.zip if profile.place and profile.place.zip else "",
        "radius": str(profile.place.radius_miles) if profile.place else "30",
        "workplace": list(profile.workplace or ()),
        "employment_type": list(profile.employment_type or ()),
        "prefer": list(profile.care_settings.prefer),
        "pay": f"{profile.pay_floor.amount:g}" if profile.pay_floor else "",
        "pay_period": profile.pay_floor.period if profile.pay_floor else "hour",
        "no_credentials": profile.credentials == (),
        "no_experience": profile.experience == (),
        "digest_max": str(profile.digest.max_openings),
        "digest_at": f"{profile.digest.at:%H:%M}",
    }
    values |= {f"digest_{name}": getattr(profile.digest, name) for name in ("cadence", "day", "zone", "language")}
    for row, one in zip(ROWS, profile.credentials or (), strict=False):
        values |= {
            f"credential_{row}": one.id,
            f"state_{row}": one.state,
            f"on_{row}": one.on.isoformat() if one.on else "",
        }
    for row, done in zip(ROWS, profile.experience or (), strict=False):
        values |= {f"area_{row}": done.area, f"months_{row}": str(done.months), f"kind_{row}": done.kind}
    return values


def choices(taxonomy: Taxonomy) -> dict[str, Any]:
    """What the form offers."""
    office = (
        "aapc",
        "ahima",
        "nha",
        "amba",
        "bmsc",
        "pmi",
        "ncct",
        "amca",
        "mab",
        "amt",
        "hfma",
        "aaham",
        "naham",
        "ncra",
        "ahdi",
    )
    entries = sorted(taxonomy.credentials.credentials, key=lambda one: (one.id.split("-")[0] not in office, one.name))
    settings = [one for key in COMMON_SETTINGS if (one := taxonomy.care_setting(key))]
    return {
        "credentials": [
            (one.id, f"{one.letters[0]}: {one.name}" if one.letters and one.letters[0] != one.name else one.name)
            for one in entries
        ],
        "areas": [(one.id, one.label) for one in taxonomy.areas.areas],
        "settings": [(one.id, one.label) for one in settings],
        "education": EDUCATION,
        "states": STATES,
        "kinds": KINDS,
        "zones": ZONES,
        "days": DAYS,
        "rows": ROWS,
    }
