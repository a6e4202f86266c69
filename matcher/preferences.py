"""What the person would like, kept apart from what they can get: an unmet wish is said and counted, never silently hidden."""

from collections.abc import Iterator

from matcher.taxonomy import Taxonomy
from model.geography import Gazetteer, miles
from model.posting import Pay, PayPeriod, Posting
from model.profile import Profile
from model.reading import Reading
from model.verdict import Preference

HOURS: dict[PayPeriod, float] = {"hour": 1.0, "day": 8.0, "week": 40.0, "month": 2080 / 12, "year": 2080.0}
"""Full-time hours in a period: 2,080 a year, as US payroll counts."""


def preferences_of(
    posting: Posting, reading: Reading, profile: Profile, taxonomy: Taxonomy, gazetteer: Gazetteer | None
) -> tuple[tuple[Preference, ...], float | None]:
    """Every wish that the person has with whether this opening meets it, and the distance in miles where it can be told."""
    distance = distance_of(posting, profile, gazetteer)
    found = (
        *_place(posting, reading, profile, distance),
        *_workplace(posting, reading, profile),
        *_pay(posting, reading, profile),
        *_care_setting(reading, profile, taxonomy),
        *_employer(posting, profile),
        *_schedule(posting, reading, profile),
    )
    return found, distance


def distance_of(posting: Posting, profile: Profile, gazetteer: Gazetteer | None) -> float | None:
    """Miles from the person's home to the nearest of the posting's places."""
    home = profile.place
    if home is None or gazetteer is None:
        return None
    here = gazetteer.zips.get(home.zip[:5]) if home.zip else None
    if here is None and home.city and home.region:
        here = gazetteer.city(home.city, home.region)
    if here is None:
        return None
    there = (gazetteer.point(place) for place in posting.locations)
    return min((round(miles(here, point), 1) for point in there if point is not None), default=None)


def _is_remote(posting: Posting, reading: Reading) -> bool:
    return (reading.workplace or posting.workplace) == "remote"


def _place(posting: Posting, reading: Reading, profile: Profile, distance: float | None) -> Iterator[Preference]:
    if profile.place is None or (profile.place.zip is None and profile.place.city is None):
        return
    region = profile.place.region
    if _is_remote(posting, reading):
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
    workplace = reading.workplace or posting.workplace
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


def _pay(posting: Posting, reading: Reading, profile: Profile) -> Iterator[Preference]:
    floor, pay = profile.pay_floor, reading.pay or posting.pay
    if floor is None:
        return
    offered = hourly(pay) if pay else None
    if offered is None:
        yield Preference(wish="pay", met=None, says="pay is not stated")
        return
    least = floor.amount / HOURS[floor.period]
    yield Preference(wish="pay", met=offered >= least - 0.005, says=f"up to ${offered:.2f} an hour")


def _care_setting(reading: Reading, profile: Profile, taxonomy: Taxonomy) -> Iterator[Preference]:
    wishes = profile.care_settings
    here = [one.id for one in reading.care_settings]
    for one in here:
        entry = taxonomy.care_setting(one)
        label = entry.label if entry else one
        if one in wishes.avoid:
            yield Preference(wish="care setting", met=False, says=label)
            return
        if one in wishes.prefer:
            yield Preference(wish="care setting", met=True, says=label)
            return


def _employer(posting: Posting, profile: Profile) -> Iterator[Preference]:
    employer = (posting.employer or "").casefold()
    for avoided in profile.avoid_employers:
        if avoided and avoided.casefold() in employer:
            yield Preference(wish="employer", met=False, says=posting.employer or "")


def _schedule(posting: Posting, reading: Reading, profile: Profile) -> Iterator[Preference]:
    offered = {word.upper() for word in (*reading.employment_type, *posting.employment_type)}
    wanted = {word.upper().replace("-", "_").replace(" ", "_") for word in profile.employment_type or ()}
    if wanted:
        says = ", ".join(sorted(word.replace("_", " ").lower() for word in offered)) or "hours are not stated"
        yield Preference(wish="employment type", met=bool(offered & wanted) if offered else None, says=says)
    if profile.shift:
        says = ", ".join(reading.shift) or "shift is not stated"
        met = bool(set(reading.shift) & set(profile.shift)) if reading.shift else None
        yield Preference(wish="shift", met=met, says=says)
