"""One Vega-Lite spec a figure, made of result rows and derived rows; here also how a spec becomes a picture."""

from remit.report.figures.figure import Figure
from remit.report.figures.render import SNIPPET, bundle, svg

__all__ = ["SNIPPET", "Figure", "bundle", "svg"]
