"""What the person would like, kept apart from what they can get: an unmet wish is said and counted, never silently hidden."""

from collections.abc import Iterator

from matcher.taxonomy import Taxonomy
from model.geography import Gazetteer, Point, miles
from model.posting import Pay, PayPeriod, Posting, Workplace
from model.profile import Profile
from model.reading import Reading
from model.verdict import Preference

HOURS: dict[PayPeriod, float] = {"hour": 1.0, "day": 8.0, "week": 40.0, "month": 2080 / 12, "year": 2080.0}
"""Full-time hours in a period: 2,080 a year, as US payroll counts."""
LONG = frozenset({"week", "month", "year"})
CENT = 0.005


def preferences_of(
    posting: Posting, reading: Reading, profile: Profile, taxonomy: Taxonomy, gazetteer: Gazetteer | None
) -> tuple[tuple[Preference, ...], float | None]:
    """Every wish that the person has with whether this opening meets it, and the distance in miles where it can be told."""
    distance = distance_of(posting, profile, gazetteer)
    found = (
        *_place(posting, reading, profile, gazetteer, distance),
        *_workplace(posting, reading, profile),
        *_pay(posting, reading, profile),
        *_care_setting(reading, profile, taxonomy),
        *_employer(posting, profile),
        *_schedule(posting, reading, profile),
    )
    return found, distance


def distance_of(posting: Posting, profile: Profile, gazetteer: Gazetteer | None) -> float | None:
    """Miles from the person's home to the nearest of the posting's places."""
    if profile.place is None or gazetteer is None:
        return None
    here = home_of(profile, gazetteer)
    if here is None:
        return None
    there = (gazetteer.point(place) for place in posting.locations)
    return min((tenths(miles(here, point)) for point in there if point is not None), default=None)


def home_of(profile: Profile, gazetteer: Gazetteer) -> Point | None:
    """Where the person lives, by ZIP, else by city and state; None when it cannot be told."""
    home = profile.place
    if home is None:
        return None
    here = gazetteer.zips.get(home.zip[:5]) if home.zip else None
    if here is None and home.city and home.region:
        here = gazetteer.city(home.city, home.region)
    return here


def tenths(distance: float) -> float:
    """Miles to the nearest tenth; the engine rounds in the same way."""
    return round(distance * 10) / 10


def region_of(profile: Profile, gazetteer: Gazetteer | None) -> str | None:
    """The state in which the person lives: as said, else from the ZIP."""
    home = profile.place
    if home is None:
        return None
    if home.region is None and home.zip and gazetteer is not None:
        return gazetteer.regions.get(home.zip[:5])
    return home.region


def workplace_of(posting: Posting, reading: Reading) -> Workplace | None:
    """How the work is done: as read, else as the source says."""
    return reading.workplace or posting.workplace


def _place(
    posting: Posting, reading: Reading, profile: Profile, gazetteer: Gazetteer | None, distance: float | None
) -> Iterator[Preference]:
    if profile.place is None or (profile.place.zip is None and profile.place.city is None):
        return
    if workplace_of(posting, reading) == "remote":
        region = region_of(profile, gazetteer)
        if reading.workplace_states and region:
            met = region in reading.workplace_states
            yield Preference(wish="place", met=met, says=f"remote, for people in {', '.join(reading.workplace_states)}")
        return
    if distance is None:
        yield Preference(wish="place", met=None, says="where it is cannot be told")
        return
    met = distance <= profile.place.radius_miles
    yield Preference(wish="place", met=met, says=f"{distance:.0f} miles away")


def _workplace(posting: Posting, reading: Reading, profile: Profile) -> Iterator[Preference]:
    if not profile.workplace or set(profile.workplace) == {"onsite", "hybrid", "remote"}:
        return
    workplace = workplace_of(posting, reading)
    yield Preference(
        wish="workplace",
        met=None if workplace is None else workplace in profile.workplace,
        says=workplace or "on site or remote: not said",
    )


def hourly(pay: Pay) -> float | None:
    """The upper end of stated pay as dollars an hour, by full-time hours; None when the period is not said."""
    if pay.period is None:
        return None
    return (pay.max if pay.max is not None else pay.min) / HOURS[pay.period]


def hours_of(posting: Posting, reading: Reading) -> frozenset[str]:
    """The employment types that the opening names, in schema.org's words."""
    return frozenset(kind(word) for word in (*reading.employment_type, *posting.employment_type))


def kind(word: str) -> str:
    """An employment type in one spelling: "Part-time" is PART_TIME."""
    return word.strip().upper().replace("-", "_").replace(" ", "_")


def part_time(posting: Posting, reading: Reading) -> bool:
    """Whether the opening is only for part-time or on-call hours."""
    return bool(found := hours_of(posting, reading)) and found <= {"PART_TIME", "PER_DIEM"}


def pay_fit(
    offered: float | None, floor: float, *, yearly_floor: bool, short_hours: bool, yearly_pay: bool
) -> bool | None:
    """Whether the upper end of the pay reaches the floor, both by the hour; None when the hours make that a guess.

    A yearly figure for short hours is no hourly rate of ours, and a good rate for short hours does not make a year's floor.
    """
    if offered is None or (short_hours and yearly_pay):
        return None
    if offered < floor - CENT:
        return False
    return None if short_hours and yearly_floor else True


def floor_of(profile: Profile) -> float | None:
    """The pay floor as dollars an hour."""
    return profile.pay_floor.amount / HOURS[profile.pay_floor.period] if profile.pay_floor else None


def _pay(posting: Posting, reading: Reading, profile: Profile) -> Iterator[Preference]:
    floor, pay = floor_of(profile), reading.pay or posting.pay
    if floor is None or profile.pay_floor is None:
        return
    offered = hourly(pay) if pay else None
    if pay is None or offered is None:
        yield Preference(wish="pay", met=None, says="pay is not stated")
        return
    short = part_time(posting, reading)
    yearly = profile.pay_floor.period in LONG
    met = pay_fit(offered, floor, yearly_floor=yearly, short_hours=short, yearly_pay=pay.period in LONG)
    says = f"up to ${offered:.2f} an hour" + (
        "" if pay.period == "hour" else f" if full-time (${pay.max or pay.min:,.0f} a {pay.period})"
    )
    if met and pay.max is not None and pay.period is not None and pay.min / HOURS[pay.period] < floor - CENT:
        says += f"; it begins at ${pay.min / HOURS[pay.period]:.2f}"
    if short:
        says += "; part-time, so the year's pay depends on the hours"
    yield Preference(wish="pay", met=met, says=says)


def _care_setting(reading: Reading, profile: Profile, taxonomy: Taxonomy) -> Iterator[Preference]:
    wishes = profile.care_settings
    here = [one.id for one in reading.care_settings]
    chosen = next((one for one in here if one in wishes.avoid), None)
    met = chosen is None
    chosen = chosen or next((one for one in here if one in wishes.prefer), None)
    if chosen is not None:
        entry = taxonomy.care_setting(chosen)
        yield Preference(wish="care setting", met=met, says=entry.label if entry else chosen)


def _employer(posting: Posting, profile: Profile) -> Iterator[Preference]:
    employer = (posting.employer or "").casefold()
    for avoided in profile.avoid_employers:
        if avoided and avoided.casefold() in employer:
            yield Preference(wish="employer", met=False, says=posting.employer or "")


def _schedule(posting: Posting, reading: Reading, profile: Profile) -> Iterator[Preference]:
    offered = hours_of(posting, reading)
    wanted = {kind(word) for word in profile.employment_type or ()}
    if wanted:
        says = ", ".join(sorted(word.replace("_", " ").lower() for word in offered)) or "hours are not stated"
        yield Preference(wish="employment type", met=bool(offered & wanted) if offered else None, says=says)
    if profile.shift:
        says = ", ".join(reading.shift) or "shift is not stated"
        met = bool(set(reading.shift) & set(profile.shift)) if reading.shift else None
        yield Preference(wish="shift", met=met, says=says)
