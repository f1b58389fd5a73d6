"""The page people read and the abstract they send: layout of results and derived rows, never a computation."""

from remit.report import figures
from remit.report.abstract import abstract
from remit.report.page import page
from remit.report.stamp import ReportStamp
from remit.report.summary import Line, summary

__all__ = ["Line", "ReportStamp", "abstract", "figures", "page", "summary"]
