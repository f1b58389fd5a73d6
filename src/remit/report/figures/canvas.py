"""A sheet of marks at places counted in pixels, as one Vega-Lite view.

For figures that are a table of small panels or a tree: one view with a layer a kind of mark is drawn several times
faster than a grid of views, and nothing shifts when a label is long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from markupsafe import escape

from remit.report.figures.theme import INK, SANS

LINE = "#9aa1aa"

# Mean width of a letter of the sans serif type as a part of its size.
LETTER = 0.56


def furthest(places: Iterable[float]) -> float:
    """The largest of some places or widths on the sheet."""
    return sorted(places)[-1]


def placed(place: float) -> float:
    """A place to a hundredth of a pixel: the same figure is then the same text everywhere."""
    return int(place * 100 + 0.5) / 100


def width_of(text: str, size: float = 11) -> float:
    """About how wide a text is, in pixels."""
    return len(text) * size * LETTER


@dataclass
class Canvas:
    """Marks in the order in which they lie on one another: rectangles, lines, dots, texts."""

    rectangles: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    dots: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    width: float = 0
    height: float = 0

    def rectangle(
        self,
        box: tuple[float, float, float, float],
        fill: str,
        edge: str = "none",
        hover: tuple[str, str] = ("", ""),
        opacity: float = 1,
    ) -> None:
        """A rectangle. `box` is left, top, right, bottom; `hover` what it is and what it says."""
        x, y, x2, y2 = (placed(one) for one in box)
        said = {"what": hover[0], "says": hover[1]} if hover[0] else {}
        self.rectangles.append(
            {"x": x, "y": y, "x2": x2, "y2": y2, "fill": fill, "edge": edge, "opacity": opacity, **said}
        )
        self._reach(x2, y2)

    def line(self, start: tuple[float, float], end: tuple[float, float], color: str = LINE, dash: bool = False) -> None:
        """A straight line."""
        (x, y), (x2, y2) = start, end
        self.lines.append({"x": x, "y": placed(y), "x2": x2, "y2": placed(y2), "edge": color, "dash": dash})
        self._reach(x2, y2)

    def dot(self, x: float, y: float, color: str = INK) -> None:
        """A filled dot."""
        self.dots.append({"x": x, "y": placed(y), "fill": color})
        self._reach(x, y)

    def text(
        self,
        x: float,
        y: float,
        said: str,
        align: str = "center",
        size: float = 11,
        color: str = INK,
        bold: bool = False,
    ) -> None:
        """A text, its middle at the height y; `align` says what stands at x: left, center or right of the text."""
        self.texts.append(
            {"x": x, "y": placed(y), "text": said, "align": align, "size": size, "fill": color, "bold": bold}
        )
        left = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        self._reach(x + width_of(said, size) * (1 - left), y + size / 2)

    def spec(self) -> dict[str, Any]:
        """The Vega-Lite view, as large as its marks."""
        width, height = int(self.width) + 2, int(self.height) + 2
        x = {"field": "x", "type": "quantitative", "scale": {"domain": [0, width], "nice": False}, "axis": None}
        y = {"field": "y", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}, "axis": None}
        place = {"x": x, "y": y}
        ends = {**place, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
        edge, fill = _given("edge"), _given("fill")
        hover = [{"field": name, "type": "nominal", "title": name} for name in ("what", "says")]
        plain, dashed = ([one for one in self.lines if one["dash"] is dash] for dash in (False, True))
        dash = {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.2}
        dot = {"type": "point", "filled": True, "size": 40, "opacity": 1}
        layers = [
            _layer(
                self.rectangles,
                {"type": "rect", "strokeWidth": 0.9},
                {**ends, "fill": fill, "stroke": edge, "fillOpacity": _number("opacity"), "tooltip": hover},
            ),
            _layer(plain, {"type": "rule"}, {**ends, "stroke": edge}),
            _layer(dashed, dash, {**ends, "stroke": edge}),
            _layer(self.dots, dot, {**place, "fill": fill}),
        ]
        for align, bold in sorted({(one["align"], one["bold"]) for one in self.texts}):
            some = [one for one in self.texts if (one["align"], one["bold"]) == (align, bold)]
            mark = {"type": "text", "align": align, "baseline": "middle", "font": SANS}
            mark |= {"fontWeight": "bold"} if bold else {}
            words = {**place, "text": {"field": "text"}, "size": _number("size"), "fill": fill}
            layers.append(_layer(some, mark, words))
        return {"width": width, "height": height, "layer": [layer for layer in layers if layer is not None]}

    def svg(self) -> str:
        """The same marks as an SVG element, which needs no chart library and is made far faster."""
        width, height = int(self.width) + 2, int(self.height) + 2
        marks = [
            f'<rect x="{one["x"]:g}" y="{one["y"]:g}" width="{one["x2"] - one["x"]:.6g}" '
            f'height="{one["y2"] - one["y"]:.6g}" fill="{one["fill"]}" fill-opacity="{one["opacity"]:g}" '
            f'stroke="{one["edge"]}" stroke-width="0.9"/>'
            for one in self.rectangles
        ]
        marks += [
            f'<line x1="{one["x"]:g}" y1="{one["y"]:g}" x2="{one["x2"]:g}" y2="{one["y2"]:g}" stroke="{one["edge"]}"'
            + (' stroke-width="1.2" stroke-dasharray="4,3"/>' if one["dash"] else "/>")
            for one in self.lines
        ]
        marks += [f'<circle cx="{one["x"]:g}" cy="{one["y"]:g}" r="3.57" fill="{one["fill"]}"/>' for one in self.dots]
        anchors = {"left": "start", "center": "middle", "right": "end"}
        marks += [
            f'<text x="{one["x"]:g}" y="{placed(one["y"] + 0.3 * one["size"]):g}" font-size="{one["size"]:g}" '
            f'text-anchor="{anchors[one["align"]]}" fill="{one["fill"]}"'
            + (' font-weight="bold">' if one["bold"] else ">")
            + f"{escape(one['text'])}</text>"
            for one in self.texts
        ]
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        root = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{SANS}" aria-hidden="true">'
        return root + "".join(marks) + "</svg>"

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = furthest((self.width, x)), furthest((self.height, y))


def _layer(data: list[dict[str, Any]], mark: dict[str, Any], encoding: dict[str, Any]) -> dict[str, Any] | None:
    return {"data": {"values": data}, "mark": mark, "encoding": encoding} if data else None


def _given(name: str) -> dict[str, Any]:
    """A color taken from the data as it stands."""
    return {"field": name, "type": "nominal", "scale": None, "legend": None}


def _number(name: str) -> dict[str, Any]:
    return {"field": name, "type": "quantitative", "scale": None, "legend": None}
