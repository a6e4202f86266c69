"""Experience and education as people have them against what is asked for.

Paid and military months count; externship, credited practice and volunteering are named but count only if the employer says so, which
is a question to ask, not a no. Months count in whole hundredths, so that nothing depends on the order of a profile's lines.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from matcher.outcomes import PER_MONTH, Outcome, State
from matcher.told import said
from matcher.work_areas import FULL, STRONG, Field, WorkAreas
from model.profile import Experience, Profile
from model.reading import EDUCATION_ORDER, EducationAsk, EducationLevel, ExperienceAsk
from model.said import Said, joined, listed
from model.verdict import Gap

COUNTS = frozenset({"paid", "military"})
UNPAID = {"externship": "externship", "credited": "credited practice", "volunteer": "volunteering"}
HOURS_A_MONTH = 100
"""Paid months are taken for at least so many hours of practice: less than part-time, so that nobody is let in wrongly."""
EDUCATION_WORDS: dict[EducationLevel, Said] = {
    "none": Said("none"),
    "hs": Said("a high school diploma or GED"),
    "training": Said("a finished training programme"),
    "associate": Said("an associate degree"),
    "bachelor": Said("a bachelor's degree"),
    "master": Said("a master's degree"),
    "doctorate": Said("a doctorate"),
}
LONG_NAME = 3  # words of a field that no taxonomy knows: with more of them it stands behind "experience in"
EDUCATION_MONTHS = {"hs": 6, "training": 6, "associate": 24}


def in_words(months: int) -> str:
    """Months as people say them: "18 months", "1 year", "3 years"."""
    if months % 12 or not months:
        return Said("{number} month" if months == 1 else "{number} months", number=months)
    return Said("{number} year" if months == 12 else "{number} years", number=months // 12)


def had(months: int) -> str:
    """Months that somebody has, as people say them: above two years the odd months are not counted out."""
    return Said("more than {number} years", number=months // 12) if months > 24 and months % 12 else in_words(months)


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


def experience_told(ask: ExperienceAsk, areas: WorkAreas, profile: Profile, today: date) -> Outcome:
    """Whether the person's months meet one statement of experience, in words."""
    field = areas.field(ask)
    state, months = experience_state(ask, field, profile.experience, today)
    name = _name(field)
    wanted = _of(ask.min_months, name)
    if ask.ceiling and ask.max_months is not None and state == "not_met" and months.years_over > ask.max_months:
        limit = Said("at most {amount} of {field}", amount=in_words(ask.max_months), field=name)
        gap = Gap(kind="experience", want=limit, have=in_words(months.years_over), fix="")
        return said("not_met", Said("Takes people with {limit}.", limit=limit), gap=gap, effort=1000 * PER_MONTH)
    if ask.min_months == 0:
        return said("met", Said("No experience is needed."))
    if profile.experience is None:
        return said("unknown", Said("Asks for {wanted}; your profile does not say what you have done.", wanted=wanted))
    if ask.hours and not ask.min_months:
        open_, covered = (
            "Asks for {hours} hours of practice.",
            "Asks for {hours} hours of practice, which your months cover.",
        )
        return said(state, Said(open_ if state == "unknown" else covered, hours=ask.hours))
    if state == "unknown":
        return said("unknown", Said("Asks for {wanted}: whether your experience counts cannot be told.", wanted=wanted))
    if state == "met":
        have = had(months.counted(max(1, ask.min_months or 1)) // PER_MONTH)
        why = _why(field, profile, ask, today)
        return said("met", Said("Asks for {wanted}; you have {have}{why}.", wanted=wanted, have=have, why=why))
    return _short(ask, field, months, profile=profile, today=today)


def _short(ask: ExperienceAsk, field: Field, months: Months, *, profile: Profile, today: date) -> Outcome:
    """Too few months: how many count, and what would mend it."""
    name = _name(field)
    wanted = _of(ask.min_months, name)
    needed = (ask.min_months or 1) * PER_MONTH
    counted = months.counted(ask.min_months or 1)
    lacking = max(1, -(-(needed - counted) // PER_MONTH))
    if counted + months.unpaid >= needed:
        fix: str = Said("Ask whether your {work} counts; with it you have enough.", work=_unpaid(field, profile))
        effort = PER_MONTH
    elif ask.min_months:
        fix = Said(
            "{amount} more of {field}." if counted else "Gain {amount} of {field}.",
            amount=in_words(lacking),
            field=name,
        )
        effort = needed - counted
    else:
        fix = Said("Any {field} would do: an externship or a first job beside it.", field=name)
        effort = needed - counted
    old = ask.recency_months and any(not recent(one, ask.recency_months, today) for one in profile.experience or ())
    if old:
        fix = joined(fix, Said(" Only the last {amount} count here.", amount=in_words(ask.recency_months or 0)))
    have: str = Said("none that counts")
    if counted >= PER_MONTH:
        have = joined(in_words(counted // PER_MONTH), _why(field, profile, ask, today))
    gap = Gap(kind="experience", want=wanted, have=have, fix=fix)
    return said("not_met", Said("Asks for {wanted}.", wanted=wanted), gap=gap, effort=effort)


def _of(months: int | None, name: str) -> str:
    return Said("{amount} of {field}", amount=in_words(months), field=name) if months else name


def _name(field: Field) -> str:
    if not field.label:
        return Said("experience")
    words = Said(field.label if any(letter.isupper() for letter in field.label[1:]) else field.label.lower())
    if "experience" in words.lower():
        return words
    unknown = field.weights is None and len(words.split()) > LONG_NAME
    return Said("experience in {field}" if unknown else "{field} experience", field=words)


def _unpaid(field: Field, profile: Profile) -> str:
    parts = [one for one in profile.experience or () if one.kind not in COUNTS and field.weight(one.area) >= STRONG]
    parts.sort(key=lambda one: (-one.months, one.kind, one.area))  # however the profile orders them
    return listed(
        [Said("{kind} ({amount})", kind=Said(UNPAID[one.kind]), amount=in_words(one.months)) for one in parts]
    )


def _why(field: Field, profile: Profile, ask: ExperienceAsk, today: date) -> str:
    """The curated weight and reason, where another field than the one asked for counts; however the profile orders its lines."""
    months: Counter[str] = Counter()
    for one in profile.experience or ():
        if one.kind in COUNTS and field.reason(one.area) and recent(one, ask.recency_months, today):
            months[one.area] += one.months
    told: list[str] = []
    for area, amount in sorted(months.items(), key=lambda pair: (-pair[1], pair[0])):
        weight, reason = field.weight(area), field.reason(area)
        values = {
            "amount": in_words(amount),
            "area": Said(area.replace("-", " ")),
            "reason": reason if isinstance(reason, Said) else Said(reason),
        }
        if amount and weight == FULL:
            told.append(Said("{amount} of {area} count: {reason}", **values))
        elif amount:
            told.append(Said("{amount} of {area} count at {weight}%: {reason}", weight=weight, **values))
    if not told:
        return ""
    parts = {f"part{number}": part for number, part in enumerate(told)}
    return Said(" (" + "; ".join(f"{{{name}}}" for name in parts) + ")", **parts)


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


def education_told(ask: EducationAsk, profile: Profile) -> Outcome:
    """Whether the person's education reaches the level, in words; a finished training programme meets `training`."""
    state = education_state(ask.level, profile.education, trained(profile))
    wanted: str = EDUCATION_WORDS[ask.level]
    if ask.field:
        wanted = Said("{degree} in {field}", degree=wanted, field=ask.field)
    if ask.level == "none":
        return Outcome(state="met")
    if state == "met":
        if ask.field:
            told = Said("Asks for {wanted}, which you have; check that its field fits.", wanted=wanted)
        elif ask.level == "training":
            told = Said("Asks for {wanted}, which you have; check that it is the kind that is meant.", wanted=wanted)
        else:
            told = Said("Asks for {wanted}, which you have.", wanted=wanted)
        return said("met", told)
    if state == "unknown":
        return said("unknown", Said("Asks for {wanted}; your profile does not say.", wanted=wanted))
    have = EDUCATION_WORDS[profile.education] if profile.education else Said("none")
    gap = Gap(kind="education", want=wanted, have=have, fix=Said("Earn {wanted}.", wanted=wanted))
    effort = EDUCATION_MONTHS.get(ask.level, 48) * PER_MONTH
    return said("not_met", Said("Asks for {wanted}.", wanted=wanted), gap=gap, effort=effort)


def _rank(level: EducationLevel) -> int:
    return EDUCATION_ORDER.index(level)
