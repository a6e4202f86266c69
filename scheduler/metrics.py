"""Prometheus metrics, made from rows when they are asked for: whoever answers tells of all processes, also after a restart."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from scheduler.status import Status, status
from scheduler.steps import House
from store import tallies

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTERS = {
    "crawls": ("firstrung_crawl_runs", "Crawl runs by outcome.", "outcome"),
    "requests": ("firstrung_requests", "Requests to boards by the vendor's host and class of status.", "host status"),
    "postings": ("firstrung_postings", "Postings new, changed and closed.", "change"),
    "readings": ("firstrung_readings", "Postings read.", ""),
    "reading_seconds": ("firstrung_reading_seconds", "Seconds spent reading postings.", ""),
    "crawl_seconds": ("firstrung_crawl_seconds", "Seconds that crawls took.", ""),
    "digests": ("firstrung_digests", "Digests made, by outcome.", "outcome"),
    "sending": ("firstrung_sending", "What sending rounds did, by outcome.", "outcome"),
    "work": ("firstrung_work", "Pieces of work by kind and outcome.", "piece"),
    "work_seconds": ("firstrung_work_seconds", "Seconds of work by kind.", "kind"),
}


def exposition(house: House) -> bytes:
    """The metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Rows(house))
    return generate_latest(registry)


class _Rows(Collector):
    def __init__(self, house: House) -> None:
        self._house = house

    def describe(self) -> list[Metric]:
        """Nothing is asked for at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The counters, then the gauges."""
        with self._house.database.read() as connection:
            counted = tallies.every(connection)
        for tally, (name, says, label) in COUNTERS.items():
            labels = label.split()
            family = CounterMetricFamily(name, says, labels=labels)
            for (one, value), amount in sorted(counted.items()):
                if one == tally:
                    family.add_metric(_values(value, len(labels)), amount)
            yield family
        yield from _gauges(status(self._house))


def _values(value: str, labels: int) -> list[str]:
    """A tally's label as the values of so many labels; the last of several is empty where an older version counted without it."""
    if labels < 2:
        return [value] * labels
    return (value.split(" ", labels - 1) + [""] * labels)[:labels]


def _gauges(now: Status) -> Iterator[Metric]:
    single = {
        "firstrung_queue_depth": ("Pieces of work that wait.", now.queue.waiting),
        "firstrung_queue_running": ("Pieces of work being done.", now.queue.running),
        "firstrung_queue_oldest_seconds": ("For how long the oldest piece has waited.", now.queue.oldest_seconds),
        "firstrung_work_set_aside": ("Pieces set aside.", sum(one.state == "set_aside" for one in now.work)),
        "firstrung_postings_open": ("Open postings.", now.open),
        "firstrung_postings_unread": ("Postings that this version has not read.", now.unread),
        "firstrung_alarms": ("Alarms that hold.", len(now.alarms)),
        "firstrung_led": ("1 when a leader was seen lately.", int(now.led)),
    }
    for name, (says, value) in single.items():
        yield GaugeMetricFamily(name, says, value=value)
    states = GaugeMetricFamily("firstrung_deliveries", "Digests by state.", labels=["state"])
    for state, count in now.digests.items():
        states.add_metric([state], count)
    yield states
    versions = GaugeMetricFamily("firstrung_readings_by_version", "Readings by version.", labels=["version"])
    for version, count in now.readings.items():
        versions.add_metric([version], count)
    yield versions
