"""Places, nodes and the ways between them on a map: equirectangular, true to scale in its middle, with a graticule."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from linkwright.documents.svg import ACCENT, BACKUP, INK, MUTED, PAPER, RULE, Canvas, Point, fitted, text_width
from linkwright.documents.words import count

WIDTH, MOST_HIGH, LEAST_HIGH, EDGE, SIZE = 960.0, 520.0, 260.0, 46.0, 11.0
STEPS_DEG = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
MOST_LABELS, STEPS_OF_A_LINE = 60, 60
KM_PER_DEG = 111.2


@dataclass(frozen=True, kw_only=True)
class Spot:
    """`is_place`: where a service is, else a node of the network."""

    name: str
    lat_deg: float
    lon_deg: float
    is_place: bool = False


@dataclass(frozen=True, kw_only=True)
class Way:
    """Names of spots, in their order."""

    through: tuple[str, ...]
    is_backup: bool = False


class _Projection:
    def __init__(self, spots: Sequence[Spot]) -> None:
        lats, lons = [s.lat_deg for s in spots], [s.lon_deg for s in spots]
        self.mid = math.radians((min(lats) + max(lats)) / 2)
        squeeze = max(math.cos(self.mid), 0.05)
        wide, high = max((max(lons) - min(lons)) * squeeze, 0.04), max(max(lats) - min(lats), 0.04)
        self.scale = min((WIDTH - 2 * EDGE - 60) / wide, (MOST_HIGH - 2 * EDGE) / high)
        self.height = max(high * self.scale + 2 * EDGE, LEAST_HIGH)
        self._squeeze = squeeze
        self._lon, self._lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2

    def at(self, lat_deg: float, lon_deg: float) -> Point:
        x = WIDTH / 2 + (lon_deg - self._lon) * self._squeeze * self.scale
        return x, self.height / 2 - (lat_deg - self._lat) * self.scale

    def back(self, at: Point) -> tuple[float, float]:
        """Latitude and longitude."""
        lon = self._lon + (at[0] - WIDTH / 2) / (self._squeeze * self.scale)
        return self._lat - (at[1] - self.height / 2) / self.scale, lon


def draw_map(spots: Sequence[Spot], ways: Iterable[Way]) -> str:
    """Spots that lie on one another stay without a name but for the first."""
    flat = _Projection(spots)
    canvas = Canvas(WIDTH, flat.height, f"Map of {count(len(spots), 'place or node', 'places and nodes')}, north is up")
    canvas.rect((0, 0), (WIDTH, flat.height), fill="#f6f9fb", stroke=RULE)
    taken = _graticule(canvas, flat)
    at = {spot.name: flat.at(spot.lat_deg, spot.lon_deg) for spot in spots}
    lines: list[Point] = []
    drawn: list[Way] = []
    for way in ways:
        points = [at[name] for name in way.through if name in at]
        lines += _along(points)
        if len(points) > 1:
            drawn.append(way)
            canvas.line(points, BACKUP if way.is_backup else ACCENT, 2, "6 4" if way.is_backup else "")
    for spot in spots:
        x, y = at[spot.name]
        if spot.is_place:
            canvas.rect((x - 4, y - 4), (8, 8), fill=ACCENT, stroke="#ffffff", about=spot.name)
        else:
            canvas.dot((x, y), 3.5, INK)
    taken.append(_legend(canvas, flat, {way.is_backup for way in drawn}))
    _names(canvas, flat, spots, at, taken, lines)
    _scale(canvas, flat)
    return canvas.markup()


Box = tuple[float, float, float, float]


def _along(points: Sequence[Point]) -> list[Point]:
    """Points on the way, near one another."""
    return [
        (a[0] + (b[0] - a[0]) * part / STEPS_OF_A_LINE, a[1] + (b[1] - a[1]) * part / STEPS_OF_A_LINE)
        for a, b in pairwise(points)
        for part in range(STEPS_OF_A_LINE + 1)
    ]


def _names(
    canvas: Canvas,
    flat: _Projection,
    spots: Sequence[Spot],
    at: dict[str, Point],
    taken: list[Box],
    lines: Sequence[Point],
) -> None:
    """Each at the side of its spot where the fewest ways pass, as long as no other name is there."""
    boxes = [*taken, (WIDTH - 170, flat.height - 26, WIDTH, flat.height)]
    boxes += [(x - 4, y - 4, x + 4, y + 4) for x, y in list(at.values())[:MOST_LABELS]]
    for spot in sorted(spots, key=lambda one: not one.is_place)[:MOST_LABELS]:
        x, y = at[spot.name]
        name = fitted(spot.name, 170, SIZE)
        wide = text_width(name, SIZE) * 1.1
        sides = (
            ("start", x + 8, y, x + 8),
            ("end", x - 8, y, x - 8 - wide),
            ("middle", x, y - 13, x - wide / 2),
            ("middle", x, y + 13, x - wide / 2),
        )
        free = [
            (sum(_holds(box, point) for point in lines), number, side, box)
            for number, side in enumerate(sides)
            if _is_inside(box := (side[3], side[2] - 7, side[3] + wide, side[2] + 7), flat.height)
            and not _hits(box, boxes)
        ]
        if free:
            _, _, (anchor, text_x, text_y, _), box = min(free)
            canvas.text((text_x, text_y), name, size=SIZE, anchor=anchor, bold=spot.is_place)
            boxes.append(box)


def _legend(canvas: Canvas, flat: _Projection, kinds: set[bool]) -> Box:
    """Below on the left; of ways only the kinds that are there."""
    x, y, wide = 14.0, flat.height - 14, 115.0 + 110 * len(kinds)
    canvas.rect((6, y - 10), (wide, 20), fill=PAPER, stroke=RULE)
    canvas.rect((x, y - 4), (8, 8), fill=ACCENT)
    canvas.text((x + 13, y), "place", size=9, fill=MUTED)
    canvas.dot((x + 62, y), 3.5, INK)
    canvas.text((x + 71, y), "node", size=9, fill=MUTED)
    x += 120
    for is_backup, name in ((False, "working leg"), (True, "backup leg")):
        if is_backup in kinds:
            canvas.line([(x, y), (x + 24, y)], BACKUP if is_backup else ACCENT, 1.8, "6 4" if is_backup else "")
            canvas.text((x + 29, y), name, size=9, fill=MUTED)
            x += 110
    return 0, flat.height - 26, wide + 10, flat.height


def _holds(box: Box, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _is_inside(box: Box, height: float) -> bool:
    return box[0] > 0 and box[2] < WIDTH and box[1] > 0 and box[3] < height


def _hits(box: Box, boxes: Sequence[Box]) -> bool:
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in boxes)


def _graticule(canvas: Canvas, flat: _Projection) -> list[Box]:
    """Lines of latitude and longitude; what is returned is where their names stand."""
    (north, west), (south, east) = flat.back((0, 0)), flat.back((WIDTH, flat.height))
    step = next((one for one in STEPS_DEG if (east - west) / one <= 9 and (north - south) / one <= 7), 45.0)
    decimals = 2 if step < 0.1 else 1 if step < 1 else 0
    taken: list[Box] = []
    for lon in _multiples(west, east, step):
        x, _ = flat.at(0, lon)
        if 50 < x < WIDTH - 30:
            canvas.line([(x, 0), (x, flat.height)], RULE, 0.7)
            canvas.text((x, 9), _degrees(lon, decimals, "E", "W"), size=9, anchor="middle", fill=MUTED)
            taken.append((x - 26, 0, x + 26, 18))
    for lat in _multiples(south, north, step):
        _, y = flat.at(lat, 0)
        if 30 < y < flat.height - 30:
            canvas.line([(0, y), (WIDTH, y)], RULE, 0.7)
            canvas.text((4, y - 7), _degrees(lat, decimals, "N", "S"), size=9, fill=MUTED)
            taken.append((0, y - 15, 52, y + 1))
    return taken


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, decimals: int, above: str, below: str) -> str:
    side = above if value > 0 else below if value < 0 else ""
    return f"{abs(value):.{decimals}f}° {side}".strip()


def _scale(canvas: Canvas, flat: _Projection) -> None:
    per_px = KM_PER_DEG / flat.scale
    km = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if one / per_px > 60 or one == 5000)
    wide, y = km / per_px, flat.height - 14
    canvas.line([(WIDTH - 16 - wide, y - 4), (WIDTH - 16 - wide, y), (WIDTH - 16, y), (WIDTH - 16, y - 4)], INK, 1.2)
    canvas.text((WIDTH - 20 - wide, y - 2), f"{km:,} km", size=9, anchor="end", fill=MUTED)
