"""What people are told about a credential that is asked for: the words for each standing, with the next step."""

from datetime import date

from matcher.held import Holdings, Standing, add_months, letters, shown
from matcher.outcomes import Outcome, State
from model.reading import CredentialAsk
from model.verdict import Gap, Reason


def said(
    state: State, says: str, quote: str, *, gap: Gap | None = None, effort: int = 0, by: date | None = None
) -> Outcome:
    """An outcome with one reason."""
    return Outcome(state=state, gap=gap, reasons=(Reason(says=says, quote=quote),), effort=effort, obtain_by=by)


def credential_told(holdings: Holdings, ask: CredentialAsk, quote: str, standing: Standing, today: date) -> Outcome:
    """The outcome for one credential, from how the person stands to it."""
    name = letters(holdings.taxonomy, ask.id)
    if standing.relation == "later":
        return _later(holdings, ask, name, quote, standing=standing, today=today)
    if standing.state == "met":
        return said("met", _met(holdings, ask, name, standing), quote)
    if standing.state == "unknown":
        return said("unknown", f"Asks for {name}; your profile does not say which credentials you hold.", quote)
    gap = _gap(holdings, ask, name, standing)
    return said("not_met", f"Asks for {_wanted(ask, name)}.", quote, gap=gap, effort=standing.effort)


def _wanted(ask: CredentialAsk, name: str) -> str:
    if ask.eligible:
        return f"{name} eligibility"
    return f"{name} without the apprentice mark" if ask.apprentice == "excluded" else name


def _met(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> str:
    if standing.relation == "everyday":
        return f"Asks for {name}; your profile does not mention one, and most people have it."
    own = letters(holdings.taxonomy, standing.atom.id) if standing.atom else name
    where = (
        f" Check that it is for {', '.join(ask.states)}."
        if ask.states and not (standing.atom and standing.atom.region)
        else ""
    )
    if standing.relation == "accepted apprentice":
        return f"Asks for {name} and accepts your {own}.{where}"
    if standing.relation == "eligible":
        return f"Being eligible for {name} is enough, and you are: only the exam is open."
    if (standing.atom and standing.atom.id in (ask.id, *holdings.taxonomy.ladders.same(ask.id))) or own == name:
        return f"Asks for {name}, which you hold.{where}"
    return f"Asks for {name}; your {own} counts.{where}"


def _later(
    holdings: Holdings, ask: CredentialAsk, name: str, quote: str, *, standing: Standing, today: date
) -> Outcome:
    """Asked for after hire: no bar today, with the day by which, and whether a booked exam fits."""
    by = add_months(today, ask.within_months) if ask.within_months else None
    if by:
        months = "a month" if ask.within_months == 1 else f"{ask.within_months} months"
        says = f"{name} can be earned within {months} of hire: if you began today, by {shown(by)}."
    else:
        says = f"{name} can be earned after hire."
    atom = standing.atom
    if atom is not None and atom.state == "booked":
        says += f" Your exam on {shown(atom.on)} {'fits' if by is None or atom.on <= by else 'would be too late'}."
    elif atom is not None and atom.state == "enrolled":
        says += " You are enrolled: ask your school when you will be done."
    elif by:
        entry = holdings.taxonomy.ladders.earn(ask.id)
        if entry and entry.months > (ask.within_months or 0):
            says += f" That is tight: {name} takes about {entry.months:g} months for someone who begins now."
    return said("met", says, quote, by=by or date.max)


def _gap(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> Gap:
    """What is short and how to mend it, by how the person stands to it."""
    atom = standing.atom
    own = letters(holdings.taxonomy, atom.id) if atom else ""
    want = _wanted(ask, name)
    day = shown(atom.on) if atom else ""
    match standing.relation:
        case "booked":
            have, fix = f"{own} exam booked for {day}", f"Pass the {own} exam on {day}; you may apply now and say so."
        case "sat":
            have, fix = (
                f"{own} exam taken on {day}",
                f"Your exam day has passed: put the result into your profile ({own} held, or a new day).",
            )
        case "graduated":
            have, fix = f"{own} programme finished", f"Sit for the {own} exam: you are eligible."
        case "expired":
            have, fix = f"{own} expired", f"Renew {own}; ask its issuer what reinstatement needs."
        case "enrolled":
            have, fix = (
                f"enrolled for {own}",
                f"Finish the {own} programme{'' if ask.eligible else f' and pass the {own} exam'}.",
            )
        case "often accepted":
            have, fix = own, f"Ask whether your {own} counts: employers often take it in place of {name}."
        case "elsewhere":
            have, fix = (
                f"{own} for {atom.region if atom else ''}",
                f"Ask the board of {', '.join(ask.states)} for {own} by endorsement.",
            )
        case "apprentice" | "coming apprentice":
            return _apprentice(holdings, ask, name, standing)
        case _:
            have, fix = "none that counts", _earn(holdings, ask, name)
    return Gap(kind="credential", want=want, have=have, fix=fix)


def _apprentice(holdings: Holdings, ask: CredentialAsk, name: str, standing: Standing) -> Gap:
    """An apprentice form where the full one is asked for: ask, unless the posting itself excludes apprentices."""
    atom = standing.atom
    assert atom is not None
    own = letters(holdings.taxonomy, atom.id)
    full = (entry := holdings.taxonomy.credential(atom.id)) and entry.apprentice_of
    exam = letters(holdings.taxonomy, full) if full else name
    if ask.apprentice == "excluded":
        fix = f"Take the apprentice mark off your {own}: the posting wants {name} without it. `firstrung doors` shows the ways."
        return Gap(kind="credential", want=f"{name} without the apprentice mark", have=own, fix=fix)
    if standing.relation == "coming apprentice":
        day = f" booked for {shown(atom.on)}" if atom.state == "booked" else ""
        fix = f"Pass the {exam} exam, then ask the employer whether {own} counts: without proven experience it is issued as {own}."
        return Gap(kind="credential", want=name, have=f"{exam} exam{day}" if day else f"on the way to {own}", fix=fix)
    fix = (
        f"Ask the employer whether {own} counts. You could write: “I passed the {exam} exam and hold {own}; "
        f"the only thing still open is the work experience that removes the A. Would you consider me?”"
    )
    return Gap(kind="credential", want=name, have=own, fix=fix)


def _earn(holdings: Holdings, ask: CredentialAsk, name: str) -> str:
    if ask.eligible:
        return f"Become eligible for {name}: finish its programme."
    entry = holdings.taxonomy.ladders.earn(ask.id)
    if entry is None:
        return f"Earn {name}."
    cost = f", exam about ${entry.usd}" if entry.usd else ""
    time = f"about {entry.months:g} months" if entry.months >= 1 else "a class of a day or two"
    return f"Earn {name}: {time}{cost} (as of {entry.as_of})."
