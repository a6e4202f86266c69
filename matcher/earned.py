"""Experience and education as people have them against what is asked for.

Paid and military months count; externship, credited practice and volunteering are named but count only if the employer says so, which
is a question to ask, not a no. Months count in whole hundredths, so that nothing depends on the order of a profile's lines.
"""

from dataclasses import dataclass
from datetime import date

from matcher.outcomes import PER_MONTH, Outcome, State
from matcher.told import said
from matcher.work_areas import FULL, STRONG, Field, WorkAreas
from model.profile import Experience, Profile
from model.reading import EDUCATION_ORDER, EducationAsk, EducationLevel, ExperienceAsk
from model.verdict import Gap

COUNTS = frozenset({"paid", "military"})
UNPAID = {"externship": "externship", "credited": "credited practice", "volunteer": "volunteering"}
HOURS_A_MONTH = 100
"""Paid months are taken for at least so many hours of practice: less than part-time, so that nobody is let in wrongly."""
EDUCATION_WORDS: dict[EducationLevel, str] = {
    "none": "none",
    "hs": "a high school diploma or GED",
    "training": "a finished training programme",
    "associate": "an associate degree",
    "bachelor": "a bachelor's degree",
    "master": "a master's degree",
    "doctorate": "a doctorate",
}
EDUCATION_MONTHS = {"hs": 6, "training": 6, "associate": 24}


def in_words(months: int) -> str:
    """Months as people say them: "18 months", "1 year", "3 years"."""
    if months % 12 or not months:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} year{'' if months == 12 else 's'}"


@dataclass(frozen=True, slots=True)
class Months:
    """What a person's months amount to for one field, in hundredths: by weight, and those that only the employer can count."""

    strong: int = 0
    weak: int = 0
    unpaid: int = 0
    years_over: int = 0

    def counted(self, needed: int) -> int:
        """Hundredths that count towards `needed` months; weakly related ones make up half of it at most."""
        return self.strong + min(self.weak, needed * PER_MONTH // 2 if needed > 1 else 0)


def recent(one: Experience, recency_months: int | None, today: date) -> bool:
    """Whether the experience lies within the last so many months; without an end it goes on or is not said."""
    if recency_months is None or one.until is None:
        return True
    return (today.year - one.until.year) * 12 + today.month - one.until.month <= recency_months


def months_of(field: Field, recency_months: int | None, experience: tuple[Experience, ...], today: date) -> Months:
    """The person's months as they count for a field."""
    strong = weak = unpaid = over = 0
    for one in experience:
        weight = field.weight(one.area)
        if one.kind == "paid" and weight == FULL:
            over += one.months
        if not recent(one, recency_months, today):
            continue
        if one.kind not in COUNTS:
            unpaid += one.months * weight if weight >= STRONG else 0
        elif weight >= STRONG:
            strong += one.months * weight
        else:
            weak += one.months * weight
    return Months(strong, weak, unpaid, over)


def experience_state(
    ask: ExperienceAsk, field: Field, experience: tuple[Experience, ...] | None, today: date
) -> tuple[State, Months]:
    """Met, not met or cannot tell for one statement of experience, with the months that decided."""
    needed = ask.min_months if ask.min_months is not None else 1
    if experience is None:
        return ("met" if ask.min_months == 0 else "unknown"), Months()
    months = months_of(field, ask.recency_months, experience, today)
    if ask.ceiling and ask.max_months is not None and months.years_over > ask.max_months:
        return "not_met", months
    if ask.min_months == 0:
        return "met", months
    if ask.hours and not ask.min_months:
        return ("met" if months.strong * HOURS_A_MONTH >= ask.hours * PER_MONTH else "unknown"), months
    if field.weights is None and not field.anything:
        return ("unknown" if any(one.months for one in experience) else "not_met"), months
    return ("met" if months.counted(needed) >= needed * PER_MONTH else "not_met"), months


def experience_told(ask: ExperienceAsk, quote: str, areas: WorkAreas, profile: Profile, today: date) -> Outcome:
    """Whether the person's months meet one statement of experience, in words."""
    field = areas.field(ask)
    state, months = experience_state(ask, field, profile.experience, today)
    name = _name(field)
    wanted = f"{in_words(ask.min_months)} of {name}" if ask.min_months else name
    if ask.ceiling and ask.max_months is not None and state == "not_met" and months.years_over > ask.max_months:
        limit = f"at most {in_words(ask.max_months)} of {name}"
        gap = Gap(kind="experience", want=limit, have=in_words(months.years_over), fix="")
        return said("not_met", f"Takes people with {limit}.", quote, gap=gap, effort=1000 * PER_MONTH)
    if ask.min_months == 0:
        return said("met", "No experience is needed.", quote)
    if profile.experience is None:
        return said("unknown", f"Asks for {wanted}; your profile does not say what you have done.", quote)
    if ask.hours and not ask.min_months:
        says = f"Asks for {ask.hours} hours of practice{'' if state == 'unknown' else ', which your months cover'}."
        return said(state, says, quote)
    if state == "unknown":
        return said("unknown", f"Asks for {wanted}: whether your experience counts cannot be told.", quote)
    if state == "met":
        have = in_words(months.counted(max(1, ask.min_months or 1)) // PER_MONTH)
        return said("met", f"Asks for {wanted}; you have {have}{_why(field, profile, ask, today)}.", quote)
    return _short(ask, quote, field, months, profile=profile, today=today)


def _short(ask: ExperienceAsk, quote: str, field: Field, months: Months, *, profile: Profile, today: date) -> Outcome:
    """Too few months: how many count, and what would mend it."""
    name = _name(field)
    wanted = f"{in_words(ask.min_months)} of {name}" if ask.min_months else name
    needed = (ask.min_months or 1) * PER_MONTH
    counted = months.counted(ask.min_months or 1)
    lacking = max(1, -(-(needed - counted) // PER_MONTH))
    if counted + months.unpaid >= needed:
        fix = f"Ask whether your {_unpaid(field, profile)} counts; with it you have enough."
        effort = PER_MONTH
    elif ask.min_months:
        fix, effort = f"{in_words(lacking)} more of {name}.", needed - counted
    else:
        fix, effort = f"Any {name} would do: an externship or a first job beside it.", needed - counted
    old = ask.recency_months and any(not recent(one, ask.recency_months, today) for one in profile.experience or ())
    if old:
        fix += f" Only the last {in_words(ask.recency_months or 0)} count here."
    have = (
        in_words(counted // PER_MONTH) + _why(field, profile, ask, today)
        if counted >= PER_MONTH
        else "none that counts"
    )
    gap = Gap(kind="experience", want=wanted, have=have, fix=fix)
    return said("not_met", f"Asks for {wanted}.", quote, gap=gap, effort=effort)


def _name(field: Field) -> str:
    if not field.label:
        return "experience"
    words = field.label if any(letter.isupper() for letter in field.label[1:]) else field.label.lower()
    return words if "experience" in words.lower() else f"{words} experience"


def _unpaid(field: Field, profile: Profile) -> str:
    parts = [one for one in profile.experience or () if one.kind not in COUNTS and field.weight(one.area) >= STRONG]
    return " and ".join(f"{UNPAID[one.kind]} ({in_words(one.months)})" for one in parts)


def _why(field: Field, profile: Profile, ask: ExperienceAsk, today: date) -> str:
    """The curated weight and reason, where another field than the one asked for counts."""
    told = []
    for one in profile.experience or ():
        weight = field.weight(one.area)
        reason = field.reason(one.area)
        if one.kind in COUNTS and one.months and reason and recent(one, ask.recency_months, today):
            share = "" if weight == FULL else f" at {weight}%"
            told.append(f"{in_words(one.months)} of {one.area.replace('-', ' ')} count{share}: {reason}")
    return f" ({'; '.join(told)})" if told else ""


def education_state(level: EducationLevel, education: EducationLevel | None, trained: bool | None) -> State:
    """Whether education reaches a level. `trained`: a programme is finished; None: training is not mentioned in the profile."""
    if level == "none":
        return "met"
    if education is not None and _rank(education) >= _rank(level):
        return "met"
    if level == "training" and trained:
        return "met"
    if education is None or (level == "training" and trained is None):
        return "unknown"
    return "not_met"


def trained(profile: Profile) -> bool | None:
    """Whether a training programme is finished; None when the profile says nothing of training."""
    if profile.training is None:
        return None
    return any(one.completed is not None or one.hours for one in profile.training)


def education_told(ask: EducationAsk, quote: str, profile: Profile) -> Outcome:
    """Whether the person's education reaches the level, in words; a finished training programme meets `training`."""
    state = education_state(ask.level, profile.education, trained(profile))
    wanted = EDUCATION_WORDS[ask.level]
    if ask.field:
        wanted += f" in {ask.field}"
    if ask.level == "none":
        return Outcome(state="met")
    if state == "met":
        check = "; check that its field fits" if ask.field else ""
        return said("met", f"Asks for {wanted}, which you have{check}.", quote)
    if state == "unknown":
        return said("unknown", f"Asks for {wanted}; your profile does not say.", quote)
    have = EDUCATION_WORDS[profile.education] if profile.education else "none"
    gap = Gap(kind="education", want=wanted, have=have, fix=f"Earn {wanted}.")
    return said(
        "not_met", f"Asks for {wanted}.", quote, gap=gap, effort=EDUCATION_MONTHS.get(ask.level, 48) * PER_MONTH
    )


def _rank(level: EducationLevel) -> int:
    return EDUCATION_ORDER.index(level)
