"""One leader at a time finds what is due; a standby looks often and takes over when the leader is gone."""

import logging
import threading

from scheduler.steps import House
from store import leases
from store.leases import Lease

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0  # seconds between a standby's looks; also how often a leader sees that it still leads


class Leading:
    """This process's claim to lead. May be asked from any thread."""

    def __init__(self, house: House, *, holder: str, engine: str, lease: Lease | None = None) -> None:
        """Nothing is claimed before `hold`. `lease` is for tests."""
        self._house, self._holder, self._engine = house, holder, engine
        self._lease = lease or leases.lease(house.database)
        self._lock = threading.Lock()
        self._led = False

    def hold(self) -> bool:
        """True while this process leads. A leader that cannot see its lock does not lead."""
        with self._lock:
            leads = self._lease.hold()
            if leads != self._led:
                log.info("leading" if leads else "standing by", extra={"holder": self._holder})
                self._led = leads
            return leads

    def note(self) -> None:
        """Write that this process leads, for people to see."""
        seconds = self._house.configuration.service.schedule.tick_seconds
        with self._house.database.write() as connection:
            leases.note_leader(
                connection, holder=self._holder, engine=self._engine, tick_seconds=seconds, now=self._house.clock()
            )

    def release(self) -> None:
        """Let another lead."""
        with self._lock:
            self._lease.release()
            self._led = False
