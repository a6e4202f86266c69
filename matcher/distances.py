"""Distances from one point to many, in tenths of miles, to the tenth the same as `preferences.distance_of` counts them one by one."""

import numpy as np
import numpy.typing as npt

from model.geography import MILES_PER_RADIAN, Point, miles

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEVER = 1 << 40
_DOUBT = 1e-6


class Places:
    """Points with what the haversine formula needs of them, sorted by latitude so that far ones are not looked at."""

    def __init__(self, points: list[Point]) -> None:
        """Prepare the points; `number` in answers is the place in this list."""
        self.points = points
        degrees = np.array(points, dtype=np.float64).reshape(-1, 2)
        self._order = np.argsort(degrees[:, 0], kind="stable")
        self._latitude = degrees[self._order, 0]
        self._phi = np.radians(self._latitude)
        self._lambda = np.radians(degrees[self._order, 1])
        self._cos = np.cos(self._phi)

    def within(self, point: Point, most_miles: float) -> tuple[Ints, Ints]:
        """Numbers of the points that may lie within `most_miles`, and their distances in tenths of miles."""
        window = np.degrees(most_miles / MILES_PER_RADIAN) + 0.02
        low = int(np.searchsorted(self._latitude, point[0] - window))
        high = int(np.searchsorted(self._latitude, point[0] + window))
        phi = np.radians(point[0])
        half = np.sin((self._phi[low:high] - phi) / 2) ** 2
        half += np.cos(phi) * self._cos[low:high] * np.sin((self._lambda[low:high] - np.radians(point[1])) / 2) ** 2
        exact = 10 * 2 * MILES_PER_RADIAN * np.arcsin(np.sqrt(np.minimum(1.0, half)))
        numbers = self._order[low:high]
        tenths = np.rint(exact)
        doubtful = np.flatnonzero(np.abs(np.abs(exact - tenths) - 0.5) < _DOUBT)
        for place in doubtful:  # within a hair of the middle: counted the slow way, so that both ways round alike
            tenths[place] = round(miles(self.points[numbers[place]], point) * 10)
        return numbers, tenths.astype(np.int64)

    def near(self, points: tuple[Point, ...], most_miles: float) -> tuple[Ints, Ints]:
        """Numbers, rising, of the points within `most_miles` of the nearest of `points`, and their tenths of miles."""
        if len(points) == 1:
            numbers, tenths = self.within(points[0], most_miles)
            order = np.argsort(numbers)
            numbers, tenths = numbers[order], tenths[order]
        else:
            found = self.nearest(points, most_miles)
            numbers = np.flatnonzero(found < NEVER)
            tenths = found[numbers]
        close = tenths <= most_miles * 10
        return numbers[close], tenths[close]

    def nearest(self, points: tuple[Point, ...], most_miles: float) -> Ints:
        """For every point of the list its tenths of miles to the nearest of `points`; NEVER where it is farther than asked."""
        found = np.full(len(self.points), NEVER, dtype=np.int64)
        for point in points:
            numbers, tenths = self.within(point, most_miles)
            found[numbers] = np.minimum(found[numbers], tenths)
        return found
