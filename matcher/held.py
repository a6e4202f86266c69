"""Credentials as they are held (apprentice, expired, enrolled, exam booked) against credentials as they are asked for."""

from datetime import date

from matcher.outcomes import Outcome
from matcher.taxonomy import Taxonomy
from model.profile import HeldCredential, Profile
from model.reading import CredentialAsk
from model.verdict import Gap, Reason

EVERYDAY = frozenset({"driver-license"})  # people have it and do not list it: its absence from a profile says nothing
MONTHS_TO_EARN = {
    "requirement": 0.5,
    "entry": 4.0,
    "apprentice": 5.0,
    "professional": 8.0,
    "specialty": 12.0,
    "management": 24.0,
}
"""A rough order of levels, to tell near misses from far ones; never shown."""
EFFORT = {"booked": 1.0, "expired": 2.0, "enrolled": 6.0, "apprentice": 3.0, "accepted": 2.0, "other": 12.0}


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def letters(taxonomy: Taxonomy, credential: str) -> str:
    """What people call a credential: its letters or name; a wildcard's label; the posting's own words."""
    if credential.startswith("other:"):
        return credential.removeprefix("other:")
    entry = taxonomy.credential(credential)
    if entry is None:
        wildcard = taxonomy.wildcard(credential)
        return wildcard.name if wildcard else credential
    return entry.letters[0] if entry.letters else entry.name


def holds(held: HeldCredential, today: date) -> bool:
    """True when the credential is held today."""
    return held.state == "held" and (held.until is None or held.until >= today)


def credential_outcome(ask: CredentialAsk, profile: Profile, taxonomy: Taxonomy, today: date) -> Outcome:
    """Whether the person meets one credential that is asked for, and what would mend it."""
    name = letters(taxonomy, ask.id)
    quote = ask.evidence.quote
    if profile.credentials is None:
        says = f"Asks for {name}; your profile does not say which credentials you hold."
        unknown = Outcome(state="unknown", reasons=(Reason(says=says, quote=quote),))
        return _obtain(ask, name, None, today) if ask.modality == "obtain" and not ask.eligible else unknown
    holding = next((held for held in profile.credentials if _meets(held, ask, taxonomy) and holds(held, today)), None)
    if holding is not None:
        return Outcome(state="met", reasons=(Reason(says=_met_says(ask, holding, name, taxonomy), quote=quote),))
    coming = next((held for held in profile.credentials if _meets(held, ask, taxonomy)), None)
    if ask.modality == "obtain" and (not ask.eligible or coming is not None):
        return _obtain(ask, name, coming, today)
    if ask.id in EVERYDAY:
        says = f"Asks for {name}; your profile does not mention one."
        return Outcome(state="unknown", reasons=(Reason(says=says, quote=quote),), decides=False)
    gap, effort = _gap(ask, profile, coming, name=name, taxonomy=taxonomy, today=today)
    return Outcome(
        state="not_met", gaps=(gap,), reasons=(Reason(says=f"Asks for {name}.", quote=quote),), effort=effort
    )


def _meets(held: HeldCredential, ask: CredentialAsk, taxonomy: Taxonomy) -> bool:
    if ask.states and held.region and held.region not in ask.states:
        return False
    if ask.id == held.id or ask.id in taxonomy.holders_satisfy(held.id):
        return not (ask.apprentice == "excluded" and _is_apprentice(held.id, taxonomy))
    return ask.apprentice == "accepted" and taxonomy.apprentice_form(ask.id) == held.id


def _is_apprentice(credential: str, taxonomy: Taxonomy) -> bool:
    entry = taxonomy.credential(credential)
    return bool(entry and entry.apprentice_of)


def _met_says(ask: CredentialAsk, held: HeldCredential, name: str, taxonomy: Taxonomy) -> str:
    own = letters(taxonomy, held.id)
    if held.id == ask.id or own == name:
        return f"Asks for {name}, which you hold."
    if ask.apprentice == "accepted" and taxonomy.apprentice_form(ask.id) == held.id:
        return f"Asks for {name} and accepts your {own}."
    return f"Asks for {name}; your {own} counts."


def _obtain(ask: CredentialAsk, name: str, coming: HeldCredential | None, today: date) -> Outcome:
    """Asked for after hire: no bar today."""
    by = add_months(today, ask.within_months) if ask.within_months else None
    until = f" by {by:%d %B %Y}".replace(" 0", " ") if by else ""
    within = f" within {ask.within_months} months of hire" if ask.within_months else " after hire"
    says = f"{name} can be earned{within}: if you began today,{until}." if by else f"{name} can be earned{within}."
    if coming is not None and coming.on:
        fits = "fits" if by is None or coming.on <= by else "would be too late"
        says += f" Your exam on {coming.on:%d %B %Y} {fits}.".replace(" 0", " ")
    return Outcome(state="met", reasons=(Reason(says=says, quote=ask.evidence.quote),), obtain_by=by)


def _gap(
    ask: CredentialAsk, profile: Profile, coming: HeldCredential | None, *, name: str, taxonomy: Taxonomy, today: date
) -> tuple[Gap, float]:
    """The gap and the effort to close it: what is nearest to what is asked for is named."""
    current = [held for held in profile.credentials or () if holds(held, today)]
    apprentice = taxonomy.apprentice_form(ask.id)
    if apprentice and any(held.id == apprentice for held in current):
        return _apprentice_gap(ask, name, letters(taxonomy, apprentice))
    if coming is not None:
        have, fix, key = _coming(coming, name)
        return Gap(kind="credential", want=name, have=have, fix=fix), EFFORT[key]
    near = next((held for held in current if ask.id in taxonomy.often_accepted_for(held.id)), None)
    if near is not None:
        own = letters(taxonomy, near.id)
        fix = f"Ask whether your {own} counts: employers often take it in place of {name}."
        return Gap(kind="credential", want=name, have=own, fix=fix), EFFORT["accepted"]
    entry = taxonomy.credential(ask.id)
    months = MONTHS_TO_EARN.get(entry.level, EFFORT["other"]) if entry else EFFORT["other"]
    if entry and entry.kind == "license":
        months *= 4
    fix = f"Earn {name}." if ask.modality != "obtain" else f"Become eligible for {name}: finish its programme."
    return Gap(kind="credential", want=name, have="none that counts", fix=fix), months


def _apprentice_gap(ask: CredentialAsk, name: str, own: str) -> tuple[Gap, float]:
    if ask.apprentice == "excluded":
        fix = f"Take the apprentice mark off your {own}: the posting wants {name} without it."
        return Gap(kind="credential", want=f"{name} without the apprentice mark", have=own, fix=fix), EFFORT[
            "apprentice"
        ] * 2
    fix = (
        f"Ask the employer whether {own} counts. You could write: “I passed the {name} exam and hold {own}; "
        f"the only thing still open is the work experience that removes the A. Would you consider me?”"
    )
    return Gap(kind="credential", want=name, have=own, fix=fix), EFFORT["apprentice"]


def _coming(held: HeldCredential, name: str) -> tuple[str, str, str]:
    if held.state == "booked":
        day = f"{held.on:%d %B %Y}".lstrip("0") if held.on else "a day to be named"
        return f"exam booked for {day}", f"Pass the {name} exam on {day}; you may apply now and say so.", "booked"
    if held.state == "enrolled":
        return "enrolled", f"Finish the programme and pass the {name} exam.", "enrolled"
    return "expired", f"Renew {name}.", "expired"
