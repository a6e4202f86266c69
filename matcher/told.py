"""What people are told about a credential that is asked for: the words for each standing, with the next step."""

from datetime import date

from matcher.held import Holdings, Standing, add_months, letters
from matcher.outcomes import Outcome, State
from model.reading import CredentialAsk
from model.said import Day, Said, joined
from model.verdict import Gap, Reason


def said(state: State, says: str, *, gap: Gap | None = None, effort: int = 0, by: date | None = None) -> Outcome:
    """An outcome with one reason; the posting's own words are put beside it by whoever knows them."""
    return Outcome(state=state, gap=gap, reasons=(Reason(says=says),), effort=effort, obtain_by=by)


def credential_told(holdings: Holdings, ask: CredentialAsk, standing: Standing, today: date) -> Outcome:
    """The outcome for one credential, from how the person stands to it."""
    name = letters(holdings.taxonomy, ask.id)
    if standing.relation == "later":
        return _later(holdings, ask, name, standing=standing, today=today)
    if standing.state == "met":
        return said("met", _met(holdings, ask, name, standing))
    if standing.state == "unknown":
        return said(
            "unknown", Said("Asks for {name}; your profile does not say which credentials you hold.", name=name)
        )
    gap = _gap(holdings, ask, name, standing)
    return said("not_met", Said("Asks for {wanted}.", wanted=_wanted(ask, name)), gap=gap, effort=standing.effort)


def _wanted(ask: CredentialAsk, name: str) -> str:
    if ask.eligible:
        return Said("{name} eligibility", name=name)
    if ask.modality == "obtain":
        if ask.within_months == 1:
            return Said("{name} within a month of hire", name=name)
        return (
            Said("{name} within {months} months of hire", name=name, months=ask.within_months)
            if ask.within_months
            else name
        )
    return Said("{name} without the apprentice mark", name=name) if ask.apprentice == "excluded" else name


def _met(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> str:
    if standing.relation == "everyday":
        return Said("Asks for {name}; your profile does not mention one, and most people have it.", name=name)
    own = letters(holdings.taxonomy, standing.atom.id) if standing.atom else name
    where = ""
    if ask.states and not (standing.atom and standing.atom.region):
        where = Said(" Check that it is for {states}.", states=", ".join(ask.states))
    if standing.relation == "accepted apprentice":
        return joined(Said("Asks for {name} and accepts your {own}.", name=name, own=own), where)
    if standing.relation == "eligible":
        return Said("Being eligible for {name} is enough, and you are: only the exam is open.", name=name)
    if (standing.atom and standing.atom.id in (ask.id, *holdings.taxonomy.ladders.same(ask.id))) or own == name:
        return joined(Said("Asks for {name}, which you hold.", name=name), where)
    return joined(Said("Asks for {name}; your {own} counts.", name=name, own=own), where)


def _later(holdings: Holdings, ask: CredentialAsk, name: str, *, standing: Standing, today: date) -> Outcome:
    """Asked for after hire: no bar today, with the day by which, and whether a booked exam fits."""
    by = add_months(today, ask.within_months) if ask.within_months else None
    if by and ask.within_months == 1:
        says: str = Said(
            "{name} can be earned within a month of hire: if you began today, by {day}.", name=name, day=Day(by)
        )
    elif by:
        says = Said(
            "{name} can be earned within {months} months of hire: if you began today, by {day}.",
            name=name, months=ask.within_months, day=Day(by),
        )  # fmt: skip
    else:
        says = Said("{name} can be earned after hire.", name=name)
    return said("met", joined(says, _in_time(holdings, ask, name, standing, by)), by=by or date.max)


def _in_time(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing, by: date | None) -> str:
    """Whether what the person has begun, or could begin, is done by then."""
    atom = standing.atom
    if atom is not None and atom.state == "booked":
        if by is None or atom.on <= by:
            return Said(" Your exam on {day} fits.", day=Day(atom.on))
        return Said(" Your exam on {day} would be too late.", day=Day(atom.on))
    if atom is not None and atom.state == "enrolled":
        return Said(" You are enrolled: ask your school when you will be done.")
    entry = holdings.taxonomy.ladders.earn(ask.id) if by and atom is None else None
    if entry and entry.months > (ask.within_months or 0):
        return Said(
            " That is tight: {name} takes about {months} months for someone who begins now.",
            name=name, months=f"{entry.months:g}",
        )  # fmt: skip
    return ""


def _gap(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> Gap:
    """What is short and how to mend it, by how the person stands to it."""
    atom = standing.atom
    own = letters(holdings.taxonomy, atom.id) if atom else ""
    day = Day(atom.on) if atom else None
    have: str
    match standing.relation:
        case "booked":
            have = Said("{own} exam booked for {day}", own=own, day=day)
            fix = Said("Pass the {own} exam on {day}; you may apply now and say so.", own=own, day=day)
        case "sat":
            have = Said("{own} exam taken on {day}", own=own, day=day)
            fix = Said(
                "Your exam day has passed: put the result into your profile ({own} held, or a new day).", own=own
            )
        case "graduated":
            have = Said("{own} programme finished", own=own)
            fix = Said("Sit for the {own} exam: you are eligible.", own=own)
        case "expired":
            have = Said("{own} expired", own=own)
            fix = Said("Renew {own}; ask its issuer what reinstatement needs.", own=own)
        case "enrolled":
            have = Said("enrolled for {own}", own=own)
            only = "Finish the {own} programme."
            fix = Said(only if ask.eligible else "Finish the {own} programme and pass the {own} exam.", own=own)
        case "often accepted":
            have, fix = (
                own,
                Said("Ask whether your {own} counts: employers often take it in place of {name}.", own=own, name=name),
            )
        case "elsewhere":
            have = Said("{own} for {state}", own=own, state=atom.region if atom else "")
            fix = Said("Ask the board of {states} for {own} by endorsement.", states=", ".join(ask.states), own=own)
        case "apprentice" | "coming apprentice":
            return _apprentice(holdings, ask, name, standing)
        case _:
            have, fix = Said("none that counts"), _earn(holdings, ask, name)
    return Gap(kind="credential", want=_wanted(ask, name), have=have, fix=fix)


def _apprentice(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> Gap:
    """An apprentice form where the full one is asked for: ask, unless the posting itself excludes apprentices."""
    atom = standing.atom
    assert atom is not None
    own = letters(holdings.taxonomy, atom.id)
    full = (entry := holdings.taxonomy.credential(atom.id)) and entry.apprentice_of
    exam = letters(holdings.taxonomy, full) if full else name
    if ask.apprentice == "excluded":
        fix = Said(
            "Take the apprentice mark off your {own}: the posting wants {name} without it.",
            own=own, name=name,
        )  # fmt: skip
        return Gap(kind="credential", want=Said("{name} without the apprentice mark", name=name), have=own, fix=fix)
    if standing.relation == "coming apprentice":
        have = Said("on the way to {own}", own=own)
        if atom.state == "booked":
            have = Said("{own} exam booked for {day}", own=exam, day=Day(atom.on))
        fix = Said(
            "Pass the {exam} exam, then ask the employer whether {own} counts: without proven experience it is issued as {own}.",
            exam=exam, own=own,
        )  # fmt: skip
        return Gap(kind="credential", want=name, have=have, fix=fix)
    fix = Said(
        "Ask the employer whether {own} counts. You could write: “I passed the {exam} exam and hold {own}; the only thing still open "
        "is the work experience that removes the A. Would you consider me?”",
        exam=exam, own=own,
    )  # fmt: skip
    return Gap(kind="credential", want=name, have=own, fix=fix)


def _earn(holdings: Holdings, ask: CredentialAsk, name: str) -> Said:
    if ask.eligible:
        return Said("Become eligible for {name}: finish its programme.", name=name)
    entry = holdings.taxonomy.ladders.earn(ask.id)
    if entry is None:
        return Said("Earn {name}.", name=name)
    long = entry.months >= 1
    time = Said("about {months} months", months=f"{entry.months:g}") if long else Said("a class of a day or two")
    if entry.usd:
        says = "Earn {name}: {time}, exam about ${usd} (as of {as_of})."
        return Said(says, name=name, time=time, usd=entry.usd, as_of=entry.as_of)
    return Said("Earn {name}: {time} (as of {as_of}).", name=name, time=time, as_of=entry.as_of)
