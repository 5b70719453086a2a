"""A picture of who sends to whom: bands between two columns, as wide as they are many (a Sankey diagram). The table beside says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: in units of the drawing; a label is fourteen high, a character twelve wide, and no longer than ten
TOP, GAP, BAR, BETWEEN = 8, 10, 10, 200
LINE, CHARACTER, LONGEST = 14, 12, 10
_TALLEST, _THINNEST = 260, 1.5
#: for one referral, so that two do not fill the page
_WIDEST = 12


@dataclass(frozen=True)
class Link:
    """So many from one name to another, in a tone (a class of the style sheet)."""

    source: str
    target: str
    count: int
    tone: str


@dataclass(frozen=True)
class Node:
    label: str
    count: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True)
class Band:
    path: str
    width: float
    tone: str
    said: str


@dataclass(frozen=True)
class Picture:
    """Everything drawn; `height` fits it."""

    sources: list[Node]
    targets: list[Node]
    bands: list[Band]
    width: float
    height: float
    label_left: float
    label_right: float
    bar: int = BAR


def picture(links: Sequence[Link]) -> Picture | None:
    """None where nothing flows."""
    total = sum(link.count for link in links)
    if not total:
        return None
    scale = min(_TALLEST / total, _WIDEST)
    counts = _summed(links, _source), _summed(links, _target)
    left, right = (_room(names) for names in counts)
    sources, targets = _column(counts[0], left, scale), _column(counts[1], left + BAR + BETWEEN, scale)
    height = max(node.y + max(node.height, LINE) for node in [*sources.values(), *targets.values()]) + TOP
    bands = _bands(links, sources, targets, scale)
    return Picture(list(sources.values()), list(targets.values()), bands, left + BAR + BETWEEN + BAR + right, round(height, 1), left - 6, left + BAR + BETWEEN + BAR + 6)


def _room(counts: Mapping[str, int]) -> int:
    """What the longest label and its number take."""
    return max(min(len(name), LONGEST) * CHARACTER + len(str(count)) * CHARACTER // 2 for name, count in counts.items()) + CHARACTER


def fewer(links: Sequence[Link], most: int, rest: str) -> list[Link]:
    """The busiest names at each end, the others added up under `rest`."""
    kept = [{name for name, _ in sorted(_summed(links, end).items(), key=lambda pair: (-pair[1], pair[0]))[:most]} for end in (_source, _target)]
    summed: dict[tuple[str, str, str], int] = defaultdict(int)
    for link in links:
        summed[link.source if link.source in kept[0] else rest, link.target if link.target in kept[1] else rest, link.tone] += link.count
    return [Link(source, target, count, tone) for (source, target, tone), count in sorted(summed.items(), key=lambda pair: -pair[1])]


def _source(link: Link) -> str:
    return link.source


def _target(link: Link) -> str:
    return link.target


def _summed(links: Sequence[Link], end: Callable[[Link], str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for link in links:
        found[end(link)] += link.count
    return found


def _column(counts: Mapping[str, int], x: int, scale: float) -> dict[str, Node]:
    """Nodes below one another, the largest first."""
    y, nodes = float(TOP), {}
    for label, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        height = max(_THINNEST, count * scale)
        nodes[label] = Node(label, count, x, round(y, 1), round(height, 1))
        y += max(height, LINE) + GAP
    return nodes


def _bands(links: Sequence[Link], sources: Mapping[str, Node], targets: Mapping[str, Node], scale: float) -> list[Band]:
    """Each leaves its source below the former and enters its target below the former."""
    out, into = {name: node.y for name, node in sources.items()}, {name: node.y for name, node in targets.items()}
    begin_x, end_x = next(iter(sources.values())).x + BAR, next(iter(targets.values())).x
    bands, middle = [], (begin_x + end_x) / 2
    for link in sorted(links, key=lambda one: (sources[one.source].y, targets[one.target].y, one.tone)):
        width = max(_THINNEST, link.count * scale)
        begin, end = out[link.source] + width / 2, into[link.target] + width / 2
        out[link.source] += width
        into[link.target] += width
        path = f"M{begin_x},{begin:.1f} C{middle:.0f},{begin:.1f} {middle:.0f},{end:.1f} {end_x},{end:.1f}"
        bands.append(Band(path, round(width, 1), link.tone, f"{link.source} → {link.target}：{link.count}"))
    return bands
