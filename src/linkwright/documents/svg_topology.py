"""A design as a diagram: one lane for each leg, from the site over access, PoP and nodes to where it leads."""

from dataclasses import dataclass

from linkwright.documents.legs import Lane
from linkwright.documents.svg import (
    ACCENT,
    ALARM,
    BACKUP,
    INK,
    MUTED,
    PAPER,
    RULE,
    SOFT,
    Canvas,
    fitted,
    text_width,
)
from linkwright.documents.words import count

WIDTH, LANE_H, TOP = 960.0, 104.0, 8.0
SITE_W, BOX_H, SMALL = 132.0, 38.0, 10.0
MOST_NODES = 5


@dataclass(frozen=True, kw_only=True)
class _Box:
    head: str
    foot: str
    fill: str = PAPER


def draw_topology(place: str, cpe: str, far: str | None, lanes: tuple[Lane, ...], *, shares_cpe: bool = False) -> str:
    """What legs share stands in red below the leg that has it, and a CPE that all of them need below the site."""
    height = TOP + max(len(lanes), 1) * LANE_H + 34
    canvas = Canvas(WIDTH, height, f"Topology of the service at {place}: {count(len(lanes), 'leg')}")
    middle = TOP + len(lanes) * LANE_H / 2
    for number, lane in enumerate(lanes):
        _lane(canvas, lane, TOP + number * LANE_H + LANE_H / 2, middle, far)
    _box(canvas, 10, middle, SITE_W, _Box(head=place, foot=cpe, fill=SOFT))
    if far is not None:
        _box(canvas, WIDTH - 10 - SITE_W, middle, SITE_W, _Box(head=far, foot="far end", fill=SOFT))
    if shares_cpe:
        at = (10 + SITE_W / 2, middle + BOX_H / 2 + 12)
        canvas.text(at, "One CPE for all legs", size=SMALL, anchor="middle", fill=ALARM, bold=True)
    _legend(canvas, height - 14)
    return canvas.markup()


def _lane(canvas: Canvas, lane: Lane, y: float, site_y: float, far: str | None) -> None:
    colour, dash = (BACKUP, "6 4") if lane.is_backup else (ACCENT, "")
    boxes = [_Box(head=lane.access, foot=f"{lane.technology}, {lane.supplier}"), *_nodes(lane)]
    if lane.far_access is not None:
        boxes.append(_Box(head=lane.far_access, foot="far access"))
    left, right = 10 + SITE_W + 34, WIDTH - 10 - (SITE_W + 34 if far is not None else 0)
    step = (right - left) / len(boxes)
    width = min(step - 24, 190.0)
    last = left + (len(boxes) - 1) * step
    way = [(10 + SITE_W, site_y), (left - 14, y), (last + width, y)]
    canvas.line(way if far is None else [*way, (right + 10, y), (right + 34, site_y)], colour, 2, dash)
    for number, box in enumerate(boxes):
        _box(canvas, left + number * step, y, width, box)
    room = right - left
    title = f"{lane.title}: up to {lane.capacity}" if lane.capacity else lane.title
    canvas.text((left, y - BOX_H / 2 - 11), fitted(title, room, SMALL + 1), size=SMALL + 1, fill=colour, bold=True)
    own = [name for name in lane.risks if name not in lane.shared]
    x = left
    if lane.shared:
        told = fitted(f"Shared with another leg: {', '.join(lane.shared)}", room * 0.6, SMALL)
        canvas.text((x, y + BOX_H / 2 + 12), told, size=SMALL, fill=ALARM, bold=True)
        x += text_width(told, SMALL) * 1.08 + 16
    if own:
        told = fitted(f"Risk groups: {', '.join(own)}", right - x, SMALL)
        canvas.text((x, y + BOX_H / 2 + 12), told, size=SMALL, fill=MUTED)


def _nodes(lane: Lane) -> list[_Box]:
    """Of many, the first and the last ones."""
    boxes = [_Box(head=name, foot="PoP" if number == 0 else "node") for number, name in enumerate(lane.nodes)]
    if len(boxes) <= MOST_NODES:
        return boxes
    rest = len(boxes) - MOST_NODES + 1
    return [*boxes[:2], _Box(head="…", foot=f"{rest} nodes"), *boxes[-(MOST_NODES - 3) :]]


def _box(canvas: Canvas, x: float, y: float, width: float, box: _Box) -> None:
    canvas.rect(
        (x, y - BOX_H / 2), (width, BOX_H), fill=box.fill, stroke=INK, radius=3, about=f"{box.head} ({box.foot})"
    )
    canvas.text((x + width / 2, y - 7), fitted(box.head, width - 8, 11), anchor="middle", bold=True)
    canvas.text((x + width / 2, y + 8), fitted(box.foot, width - 8, SMALL), size=SMALL, anchor="middle", fill=MUTED)


def _legend(canvas: Canvas, y: float) -> None:
    canvas.line([(10, y - 12), (WIDTH - 10, y - 12)], RULE)
    canvas.line([(10, y), (40, y)], ACCENT, 2)
    canvas.text((46, y), "working leg", size=SMALL, fill=MUTED)
    canvas.line([(140, y), (170, y)], BACKUP, 2, "6 4")
    canvas.text((176, y), "backup leg", size=SMALL, fill=MUTED)
    canvas.text((270, y), "red: what legs share", size=SMALL, fill=ALARM)
