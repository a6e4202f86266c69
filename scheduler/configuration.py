"""The whole configuration of a service, read from a folder and checked as one: all faults at once, with place and mend."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter

from crawler import formats
from matcher.ladders import LaddersFile
from matcher.taxonomy import AreasFile, CareSettingsFile, CredentialsFile, Taxonomy, WordingFile
from model.errors import ConfigError, Fault
from model.profile import Profile
from model.service import Service
from model.source import Source, Strict, WebAddress
from scheduler.planning import next_crawl
from store import yamlfile

SHIPPED = Path(__file__).resolve().parent.parent / "config"
TAXONOMY_FILES: Mapping[str, Any] = {
    "credentials": CredentialsFile,
    "care_settings": CareSettingsFile,
    "areas": AreasFile,
    "wording": WordingFile,
    "ladders": LaddersFile,
}
T = TypeVar("T")
_UNREADABLE = object()


class ContactLine(Strict):
    """A line of `resources.yaml`: people to ask, everywhere or in some states."""

    name: Annotated[str, Field(min_length=2, max_length=120)]
    says: Annotated[str, Field(max_length=300)]
    url: WebAddress
    as_of: str
    states: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()


class Resources(Strict):
    """`config/resources.yaml`."""

    contacts: tuple[ContactLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A checked configuration. `profiles` are keyed by their file's name without .yaml: that is what the store knows people by."""

    folder: Path
    service: Service
    sources: tuple[Source, ...]
    profiles: Mapping[str, Profile]
    taxonomy: Taxonomy
    contacts: tuple[ContactLine, ...] = ()

    def source(self, name: str) -> Source:
        """The source of that name. Raises ConfigError with the names that there are."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources) or "none yet"
        raise ConfigError(Fault(str(self.folder / "sources"), f"no source is named {name!r}", f"known: {known}"))

    @property
    def enabled(self) -> tuple[Source, ...]:
        """The sources that are crawled."""
        return tuple(source for source in self.sources if source.enabled)


def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """The taxonomy of a configuration folder; each file that it lacks is the shipped one. Raises ConfigError.

    As long as the files stay as they are it is the same object, so that what was compiled from it can be used again.
    """
    paths = []
    for name in TAXONOMY_FILES:
        own = folder / "taxonomy" / f"{name}.yaml" if folder else None
        paths.append(own if own is not None and own.exists() else SHIPPED / "taxonomy" / f"{name}.yaml")
    return _taxonomy(tuple(paths), tuple(_content(path) for path in paths))


@lru_cache(maxsize=4)
def _taxonomy(paths: tuple[Path, ...], _contents: tuple[bytes, ...]) -> Taxonomy:
    """The taxonomy of these files, which hold just this. Raises ConfigError."""
    faults: list[Fault] = []
    parts: dict[str, Any] = {
        name: _gather(faults, path, form) for path, (name, form) in zip(paths, TAXONOMY_FILES.items(), strict=True)
    }
    if faults:
        raise ConfigError(*faults)
    return Taxonomy(**parts)


def _content(path: Path) -> bytes:
    """What the file holds; nothing when it cannot be read, which is told when it is parsed."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def load(folder: Path) -> Configuration:
    """Read and check everything in `folder`. Raises ConfigError with every fault of every file."""
    if not folder.is_dir():
        raise ConfigError(Fault(str(folder), "no such folder", f"run: firstrung init {folder}"))
    faults: list[Fault] = []
    service_file = folder / "service.yaml"
    service = _gather(faults, service_file, Service) if service_file.exists() else Service()
    sources = tuple(_sources(faults, folder))
    written = {path: _gather_plain(faults, path) for path in sorted((folder / "profiles").glob("*.yaml"))}
    profiles = {path.stem: _gather_checked(faults, path, said, Profile) for path, said in written.items()}
    taxonomy = None
    try:
        taxonomy = load_taxonomy(folder)
    except ConfigError as error:
        faults.extend(error.faults)
    if taxonomy is not None:
        for path, said in written.items():
            faults.extend(_unknown_words(path, said, taxonomy))
    resources_file = folder / "resources.yaml"
    resources = _gather(faults, resources_file if resources_file.exists() else SHIPPED / "resources.yaml", Resources)
    if faults or taxonomy is None or service is None or resources is None:
        raise ConfigError(*faults)
    people = {key: profile for key, profile in profiles.items() if profile is not None}
    return Configuration(
        folder=folder, service=service, sources=sources, profiles=people, taxonomy=taxonomy, contacts=resources.contacts
    )


def load_profile(path: Path, taxonomy: Taxonomy) -> Profile:
    """One profile, checked against the taxonomy. Raises ConfigError."""
    faults: list[Fault] = []
    said = _gather_plain(faults, path)
    profile = _gather_checked(faults, path, said, Profile)
    faults.extend(_unknown_words(path, said, taxonomy))
    if faults or profile is None:
        raise ConfigError(*faults)
    return profile


def load_sources(path: Path) -> tuple[Source, ...]:
    """The sources of one file. Raises ConfigError."""
    faults: list[Fault] = []
    found = tuple(source for _, source in _sources_of(faults, path))
    if faults:
        raise ConfigError(*faults)
    return found


def check_source(entry: object, place: str) -> Source:
    """One source as a checked value; `place` stands before each fault. Raises ConfigError."""
    return yamlfile.check(entry, _source_form(), place=place)


@cache
def _source_form() -> TypeAdapter[Source]:
    """The check of a source of any kind: to make it, every format is loaded."""
    return TypeAdapter(formats.source_type())


def _gather(faults: list[Fault], path: Path, form: type[T]) -> T | None:
    return _gather_checked(faults, path, _gather_plain(faults, path), form)


def _gather_plain(faults: list[Fault], path: Path) -> Any:
    """The file's plain value; _UNREADABLE when it is not YAML."""
    try:
        return yamlfile.load(path)
    except ConfigError as error:
        faults.extend(error.faults)
        return _UNREADABLE


def _gather_checked(faults: list[Fault], path: Path, said: Any, form: type[T]) -> T | None:
    if said is _UNREADABLE:
        return None
    try:
        return yamlfile.check(said, form, place=str(path))
    except ConfigError as error:
        faults.extend(error.faults)
        return None


def _sources(faults: list[Fault], folder: Path) -> Iterator[Source]:
    named: dict[str, Path] = {}
    for path in sorted((folder / "sources").rglob("*.yaml")):
        for position, source in _sources_of(faults, path):
            if source.name in named:
                says = f"the name {source.name!r} is taken by {named[source.name]}"
                faults.append(Fault(f"{path}: sources.{position}.name", says, "names are unique"))
            named[source.name] = path
            faults.extend(_calendar(source, f"{path}: sources.{position}.cron"))
            yield source


def _calendar(source: Source, place: str) -> Iterator[Fault]:
    """A calendar that cannot be read or never comes."""
    if source.cron is not None:
        try:
            next_crawl(source, "UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
        except ValueError as error:
            yield Fault(place, str(error), 'five fields: minute, hour, day, month, weekday, such as "15 6 * * mon-fri"')


def _sources_of(faults: list[Fault], path: Path) -> list[tuple[int, Source]]:
    """Each source of a file with its position; one that is wrong does not hide the faults of the others."""
    try:
        content = yamlfile.load(path)
    except ConfigError as error:
        faults.extend(error.faults)
        return []
    entries = content.get("sources") if isinstance(content, dict) else None
    unknown = sorted(map(str, set(content) - {"sources"})) if isinstance(content, dict) else []
    faults.extend(Fault(str(path), f"unknown key {key!r}", "known: sources") for key in unknown)
    if not isinstance(entries, list):
        faults.append(Fault(f"{path}: sources", "missing or not a list", "begin the file with `sources:` and a list"))
        return []
    found = []
    for position, entry in enumerate(entries):
        try:
            checked = yamlfile.check(entry, _source_form(), place=f"{path}: sources.{position}", joint=".")
            found.append((position, checked))
        except ConfigError as error:
            faults.extend(error.faults)
            faults.extend(_behind_an_unknown_kind(entry, f"{path}: sources.{position}", error))
    return found


def _behind_an_unknown_kind(entry: object, place: str, error: ConfigError) -> Iterator[Fault]:
    """What else is wrong with a source whose kind nobody knows: the fields that every source has."""
    if isinstance(entry, dict) and any("unknown kind" in fault.says for fault in error.faults):
        shared = {key: value for key, value in entry.items() if key in Source.model_fields}
        try:
            yamlfile.check(shared, Source, place=place, joint=".")
        except ConfigError as more:
            yield from more.faults


def _unknown_words(path: Path, said: Any, taxonomy: Taxonomy) -> Iterator[Fault]:
    """Ids in a profile that the taxonomy does not know, each with the nearest one; from the file as it stands, right or not."""
    said = said if isinstance(said, dict) else {}
    wishes = said.get("care_settings")
    wishes = wishes if isinstance(wishes, dict) else {}
    settings = [*_listed(wishes.get("prefer")), *_listed(wishes.get("avoid"))]
    asked: tuple[tuple[str, list[tuple[int, object]], Any], ...] = (
        ("credentials", _named(said.get("credentials"), "id"), taxonomy.credentials.credentials),
        ("experience", _named(said.get("experience"), "area"), taxonomy.areas.areas),
        ("care_settings", list(enumerate(settings)), taxonomy.care_settings.care_settings),
    )
    for part, words, entries in asked:
        known = {entry.id for entry in entries}
        for position, word in words:
            if isinstance(word, str) and word not in known and not word.startswith("other:"):
                yield Fault(f"{path}: {part}.{position}", f"unknown id {word!r}", yamlfile.nearest(word, sorted(known)))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _named(value: object, key: str) -> list[tuple[int, object]]:
    """The `key` of each entry of a list, with its position."""
    return [(position, entry.get(key)) for position, entry in enumerate(_listed(value)) if isinstance(entry, dict)]
