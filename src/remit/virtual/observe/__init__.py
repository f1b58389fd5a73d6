"""The observation of a virtual trial: what happened, written down as a site would, with noise and limits of assays."""

from remit.virtual.observe.tables import observe

__all__ = ["observe"]
