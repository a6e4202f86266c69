"""Experience and education as people have them against what is asked for.

Paid and military months count; externship, credited practice and volunteering are named but count only if the employer says so,
which is a question to ask, not a no. What counts towards an area, and how much, stands in config/taxonomy/areas.yaml.
"""

from datetime import date

from matcher.outcomes import MET, Outcome
from matcher.taxonomy import Taxonomy
from model.profile import Experience, Profile
from model.reading import EDUCATION_ORDER, EducationAsk, ExperienceAsk
from model.verdict import Gap, Reason

COUNTS = frozenset({"paid", "military"})


def in_words(months: int) -> str:
    """Months as people say them: "18 months", "1 year", "3 years"."""
    if months % 12 or not months:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} year{'' if months == 12 else 's'}"


def experience_outcome(ask: ExperienceAsk, profile: Profile, taxonomy: Taxonomy, today: date) -> Outcome:
    """Whether the person's months meet one statement of experience."""
    quote = ask.evidence.quote
    wanted = f"{in_words(ask.min_months)} of " if ask.min_months else ""
    area = _area_name(ask, taxonomy)
    if ask.hours and not ask.min_months:
        return Outcome(state="unknown", reasons=(Reason(says=f"Asks for {ask.hours} hours of practice.", quote=quote),))
    if ask.min_months == 0:
        return _ceiling(ask, profile, area) or Outcome(
            state="met", reasons=(Reason(says="No experience is needed.", quote=quote),)
        )
    if profile.experience is None:
        says = f"Asks for {wanted}{area}; your profile does not say what you have done."
        return Outcome(state="unknown", reasons=(Reason(says=says, quote=quote),))
    barred = _ceiling(ask, profile, area)
    return barred or _measured(ask, profile, taxonomy, today, area)


def _measured(ask: ExperienceAsk, profile: Profile, taxonomy: Taxonomy, today: date, area: str) -> Outcome:
    weights = _weights(ask, taxonomy)
    recent = [one for one in profile.experience or () if _recent(one, ask, today)]
    if weights is None and any(one.months for one in recent):
        says = f"Asks for {_wanted(ask)}{area}: whether your experience counts cannot be told."
        return Outcome(state="unknown", reasons=(Reason(says=says, quote=ask.evidence.quote),))
    counted = sum(one.months * _weight(one, weights) for one in recent if one.kind in COUNTS)
    extra = sum(one.months * _weight(one, weights) for one in recent if one.kind not in COUNTS)
    needed = ask.min_months or 1
    have = in_words(round(counted))
    if counted >= needed:
        says = f"Asks for {_wanted(ask)}{area}; you have {have}{_how(recent, weights)}."
        return Outcome(state="met", reasons=(Reason(says=says, quote=ask.evidence.quote),))
    if counted + extra >= needed:
        fix = f"Ask whether your unpaid practice ({in_words(round(extra))}) counts; with it you have enough."
    elif ask.min_months:
        fix = f"{in_words(max(1, round(needed - counted)))} more of {area}."
    else:
        fix = f"Any {area} would do: an externship or a first job beside it."
    gap = Gap(kind="experience", want=f"{_wanted(ask)}{area}", have=have if counted else "none that counts", fix=fix)
    says = f"Asks for {_wanted(ask)}{area}."
    reasons = (Reason(says=says, quote=ask.evidence.quote),)
    effort = 1.0 if counted + extra >= needed else float(needed - counted)
    return Outcome(state="not_met", gaps=(gap,), reasons=reasons, effort=effort)


def _wanted(ask: ExperienceAsk) -> str:
    return f"{in_words(ask.min_months)} of " if ask.min_months else ""


def _ceiling(ask: ExperienceAsk, profile: Profile, area: str) -> Outcome | None:
    """The outcome for a person who has more than a posting for beginners allows, else None."""
    if not ask.ceiling or ask.max_months is None:
        return None
    have = sum(one.months for one in profile.experience or () if one.kind == "paid" and one.area == ask.area_id)
    if have <= ask.max_months:
        return None
    limit = in_words(ask.max_months)
    gap = Gap(kind="experience", want=f"at most {limit} of {area}", have=in_words(have), fix="")
    reason = Reason(says=f"Takes people with at most {limit} of {area}.", quote=ask.evidence.quote)
    return Outcome(state="not_met", gaps=(gap,), reasons=(reason,), effort=1000.0)


def _area_name(ask: ExperienceAsk, taxonomy: Taxonomy) -> str:
    entry = taxonomy.area(ask.area_id) if ask.area_id else None
    words = entry.label.lower() if entry else ask.area
    if not words:
        return "experience"
    return words if "experience" in words.lower() else f"{words} experience"


def _weights(ask: ExperienceAsk, taxonomy: Taxonomy) -> dict[str, tuple[float, str]] | None:
    """What counts towards the wanted area: area -> (weight, reason). None when the area is not one of ours; {} never."""
    if ask.area_id is None:
        return None if ask.area else {"*": (1.0, "")}
    return {ask.area_id: (1.0, ""), **taxonomy.areas_counting_towards(ask.area_id)}


def _weight(one: Experience, weights: dict[str, tuple[float, str]] | None) -> float:
    if not weights:
        return 0.0
    return weights.get(one.area, weights.get("*", (0.0, "")))[0]


def _recent(one: Experience, ask: ExperienceAsk, today: date) -> bool:
    if ask.recency_months is None or one.until is None:
        return True
    return (today.year - one.until.year) * 12 + today.month - one.until.month <= ask.recency_months


def _how(counted: list[Experience], weights: dict[str, tuple[float, str]] | None) -> str:
    """The curated reason, where another area than the one asked for made the difference."""
    reasons = [weights[one.area][1] for one in counted if weights and one.area in weights and weights[one.area][1]]
    return f" ({reasons[0]})" if reasons else ""


def education_outcome(ask: EducationAsk, profile: Profile) -> Outcome:
    """Whether the person's education reaches the level; a finished training programme meets `training`."""
    names = {
        "hs": "a high school diploma or GED",
        "training": "a finished training programme",
        "associate": "an associate degree",
        "bachelor": "a bachelor's degree",
        "master": "a master's degree",
        "doctorate": "a doctorate",
    }
    if ask.level == "none":
        return MET
    wanted, quote = names[ask.level], ask.evidence.quote
    finished = any(one.completed or one.hours for one in profile.training or ())
    if profile.education is not None and _rank(profile.education) >= _rank(ask.level):
        return Outcome(state="met", reasons=(Reason(says=f"Asks for {wanted}, which you have.", quote=quote),))
    if ask.level == "training" and finished:
        return Outcome(state="met", reasons=(Reason(says=f"Asks for {wanted}, which you have.", quote=quote),))
    if profile.education is None or (ask.level == "training" and profile.training is None):
        says = f"Asks for {wanted}; your profile does not say."
        return Outcome(state="unknown", reasons=(Reason(says=says, quote=quote),))
    have = names.get(profile.education, "none")
    months = {"hs": 6.0, "training": 6.0, "associate": 24.0}.get(ask.level, 48.0)
    gap = Gap(kind="education", want=wanted, have=have, fix=f"Earn {wanted}.")
    return Outcome(
        state="not_met", gaps=(gap,), reasons=(Reason(says=f"Asks for {wanted}.", quote=quote),), effort=months
    )


def _rank(level: str) -> int:
    return EDUCATION_ORDER.index(level)
