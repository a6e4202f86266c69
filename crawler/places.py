"""Where the work is: places from structured fields and from the text that boards write instead."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from crawler.fields import one_line
from model.posting import Place


def _by_name(table: str) -> Mapping[str, str]:
    """A table "CODE: name, other name; CODE: name" as code by name."""
    rows = (row.split(": ") for row in table.split("; "))
    return MappingProxyType({name: code for code, names in rows for name in names.split(", ")})


STATES: Mapping[str, str] = _by_name(
    "AL: alabama; AK: alaska; AZ: arizona; AR: arkansas; CA: california; CO: colorado; CT: connecticut; DE: delaware; DC: "
    "district of columbia; FL: florida; GA: georgia; HI: hawaii; ID: idaho; IL: illinois; IN: indiana; IA: iowa; KS: "
    "kansas; KY: kentucky; LA: louisiana; ME: maine; MD: maryland; MA: massachusetts; MI: michigan; MN: minnesota; MS: "
    "mississippi; MO: missouri; MT: montana; NE: nebraska; NV: nevada; NH: new hampshire; NJ: new jersey; NM: new mexico; "
    "NY: new york; NC: north carolina; ND: north dakota; OH: ohio; OK: oklahoma; OR: oregon; PA: pennsylvania; PR: puerto "
    "rico; RI: rhode island; SC: south carolina; SD: south dakota; TN: tennessee; TX: texas; UT: utah; VT: vermont; VA: "
    "virginia; WA: washington; WV: west virginia; WI: wisconsin; WY: wyoming; GU: guam; VI: virgin islands; AS: american "
    "samoa; MP: northern mariana islands"
)
_CODES = frozenset(STATES.values())
COUNTRIES: Mapping[str, str] = _by_name(
    "US: us, usa, u.s., u.s.a., united states, united states of america, america; CA: ca, can, canada; GB: gb, gbr, uk, "
    "united kingdom, england, scotland, wales, northern ireland, great britain; IE: ie, irl, ireland; DE: de, deu, "
    "germany, deutschland; FR: fr, fra, france; ES: es, esp, spain, españa; PT: pt, prt, portugal; IT: it, ita, italy; "
    "NL: nl, nld, netherlands, the netherlands, nederland; BE: be, bel, belgium; CH: ch, che, switzerland; AT: at, aut, "
    "austria; SE: se, swe, sweden, sverige; NO: no, nor, norway; DK: dk, dnk, denmark; FI: fi, fin, finland; PL: pl, pol, "
    "poland; CZ: cz, cze, czech republic, czechia; RO: ro, rou, romania; HU: hu, hun, hungary; GR: gr, grc, greece; IN: "
    "in, ind, india; CN: cn, chn, china; JP: jp, jpn, japan; KR: kr, kor, south korea; SG: sg, sgp, singapore; HK: hk, "
    "hkg, hong kong; TW: tw, twn, taiwan; PH: ph, phl, philippines; MY: my, mys, malaysia; TH: th, tha, thailand; VN: vn, "
    "vnm, vietnam; ID: id, idn, indonesia; AU: au, aus, australia; NZ: nz, nzl, new zealand; MX: mx, mex, mexico, méxico; "
    "BR: br, bra, brazil, brasil; AR: ar, arg, argentina; CL: cl, chl, chile; CO: co, col, colombia; PE: pe, per, peru; "
    "CR: cr, cri, costa rica; ZA: za, zaf, south africa; NG: ng, nga, nigeria; KE: ke, ken, kenya; EG: eg, egy, egypt; "
    "MA: ma, mar, morocco; AO: ao, ago, angola; IL: il, isr, israel; AE: ae, are, united arab emirates; SA: sa, sau, "
    "saudi arabia; TR: tr, tur, turkey, türkiye; UA: ua, ukr, ukraine; BG: bg, bgr, bulgaria; HR: hr, hrv, croatia; RS: "
    "rs, srb, serbia; SK: sk, svk, slovakia; SI: si, svn, slovenia; LT: lt, ltu, lithuania; LV: lv, lva, latvia; EE: ee, "
    "est, estonia; LU: lu, lux, luxembourg; PR: pr, pri, puerto rico"
)
_ABROAD: Mapping[str, str] = _by_name(
    "DE: berlin, munich, münchen, hamburg, frankfurt, köln, cologne; IN: bangalore, bengaluru, mumbai, delhi, new delhi, hyderabad, "
    "pune, chennai, kolkata, noida, gurgaon; IL: tel aviv, haifa, jerusalem; CO: bogota, bogotá, medellin, medellín; AR: buenos "
    "aires; CA: toronto, montreal, montréal, ottawa, calgary, edmonton, winnipeg; ID: jakarta; MA: casablanca"
)
"""Towns whose country's code is also a state's: "Berlin, DE" is not in Delaware."""
_NOTHING = re.compile(
    r"^(?:unavailable|n/?a|none|null|undefined|not specified|unknown|-+|multiple locations|various locations?|\d+ locations)$",
    re.IGNORECASE,
)
_ZIP = re.compile(r"\b(\d{5})(?:-\d{4})?\b")
_REMOTE = re.compile(
    r"\b(?:fully |100% )?(?:remote|hybrid|on-?site|virtual|work from home|telecommute|only|anywhere in(?: the)?)\b",
    re.IGNORECASE,
)
_CODED = re.compile(r"(US|USA|United States)\s*[-–]\s*([A-Z]{2})(?:\s*[-–]\s*(.+))?")
_DC = re.compile(r"\bD\.\s?C\.?", re.IGNORECASE)


def said(text: object) -> str | None:
    """A place's part as one line; None for placeholders such as UNAVAILABLE and N/A."""
    line = one_line(str(text)) if isinstance(text, str | int) else None
    return None if line is None or _NOTHING.match(line) else line


def country_code(name: object) -> str | None:
    """ISO 3166 alpha-2 for a country's name or code; None if unknown."""
    line = said(name)
    return None if line is None else COUNTRIES.get(line.lower().rstrip("."), COUNTRIES.get(line.lower()))


def state_code(name: object) -> str | None:
    """The two letters of a US state or territory by name or code; None for other words."""
    line = _DC.sub("DC", said(name) or "").strip()
    return line.upper() if line.upper() in _CODES and len(line) == 2 else STATES.get(line.lower())


def place(
    *,
    text: object = None,
    city: object = None,
    region: object = None,
    postal_code: object = None,
    country: object = None,
) -> Place | None:
    """A place from a board's own fields, completed from `text` where they are silent; None if nothing is said at all."""
    town, area, code, nation = said(city), said(region), said(postal_code), said(country)
    written = said(text)
    if town and "," in town:
        town, area = _town_with_region(town, area)
    town = None if town and _REMOTE.fullmatch(town) else town
    if town and not area and not nation and len(town) > 3 and country_code(town):
        town, nation, written = None, town, written or town
    iso = country_code(nation)
    state = state_code(area) if iso in (None, "US", "PR") else None
    if state and iso is None:
        iso = "US" if nation is None else None
    shown = written or ", ".join(part for part in (town, state or area, None if state else nation) if part) or code
    if not shown:
        return None
    if town is None and area is None and written:
        told = place_in(written)
        return Place(
            text=written,
            city=told.city,
            region=told.region,
            postal_code=code or told.postal_code,
            country=iso or told.country,
        )
    found = Place(text=shown, city=town, region=state or area, postal_code=code, country=iso)
    return _completed(found, place_in(written)) if written and town and (area is None or iso is None) else found


def _completed(found: Place, told: Place) -> Place:
    """A place from fields, with what its text tells beyond them, unless that is about another town."""
    if told.city is not None and found.city is not None and told.city.casefold() != found.city.casefold():
        return found
    return Place(
        text=found.text,
        city=found.city,
        region=found.region or told.region,
        postal_code=found.postal_code or told.postal_code,
        country=found.country or told.country,
    )


def _town_with_region(town: str, area: str | None) -> tuple[str, str | None]:
    """ "New York, New York" in the city's field: the town, and its state where the region's field is silent or the same."""
    first, rest = (part.strip() for part in town.split(",", 1))
    state = state_code(rest.split(",")[0])
    return (first, area or state) if state and first else (town, area)


@lru_cache(maxsize=8192)
def place_in(text: str) -> Place:
    """The place that a board wrote as text: "Chicago, IL 60601", "US-CA-Monrovia", "Springfield, Illinois, USA", "Remote - US".

    What is not plain stays unsaid: one word that is neither a state nor a country gives no city.
    """
    shown = one_line(text) or ""
    bare = re.sub(r"\([^)]*\)", " ", shown)
    if coded := _CODED.fullmatch(bare.strip()):
        return Place(text=shown, city=said(coded[3]), region=state_code(coded[2]), country="US")
    postal = _ZIP.search(bare)
    bare = _REMOTE.sub(" ", _ZIP.sub(" ", bare) if postal else bare)
    parts = [part.strip(" -–:") for part in re.split(r",|\s[-–]\s|:", bare)]
    city, region, country = _town_state_country([part for part in parts if part and not _NOTHING.match(part)])
    return Place(
        text=shown,
        city=city,
        region=region,
        postal_code=postal[1] if postal and (region or city) else None,
        country=country,
    )


def _town_state_country(parts: list[str]) -> tuple[str | None, str | None, str | None]:
    """City, region and country of a place's comma-separated parts: the country is last (or first, "Portugal - Lisbon")."""
    rest = list(parts)
    country = None
    if len(rest) == 2 and _ABROAD.get(rest[0].casefold()) == rest[1].upper():
        return rest[0], None, rest[1].upper()
    if rest and country_code(rest[-1]) and not (state_code(rest[-1]) and not _is_code(rest[-2:-1])):
        country = country_code(rest.pop())
    elif len(rest) > 1 and country_code(rest[0]) and not state_code(rest[-1]):
        country = country_code(rest.pop(0))
    if country in (None, "US"):
        found = [index for index, part in enumerate(rest) if state_code(part)]
        if found:
            state = found[-1]
            towns = rest[state - 1 : state] or rest[1:2]
            return (towns[0] if towns else None), state_code(rest[state]), "US"
    if country and rest:
        return rest[0], (rest[1] if len(rest) > 1 else None), country
    return None, None, country


def _is_code(parts: list[str]) -> bool:
    """Whether a part before a country's code is a region's code, as in "Windsor, ON, CA"."""
    return any(re.fullmatch("[A-Z]{2,3}", part) for part in parts)


def places_in(*texts: object) -> tuple[Place, ...]:
    """The places in texts that may hold several each ("Springfield, IL; Decatur, IL"), in their order, each once."""
    parts = [part for text in texts for part in re.split(r"\s*[;|\n]\s*", str(text or "")) if said(part)]
    return distinct(place_in(part) for part in parts)


def distinct(places: Iterable[Place | None]) -> tuple[Place, ...]:
    """The places that are there, each once, in their order; of two with the same text the one that says more."""
    found: dict[object, Place] = {}
    for one in filter(None, places):
        key = (one.city.casefold(), one.region, one.country) if one.city and one.region else one.text
        if key not in found or (one.city and not found[key].city) or (one.postal_code and not found[key].postal_code):
            found[key] = one
    poorer = {one.text for key, one in found.items() if isinstance(key, tuple)}
    return tuple(one for key, one in found.items() if isinstance(key, tuple) or one.text not in poorer)
