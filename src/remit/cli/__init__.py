"""The command line: one verb a file, each a thin caller of the rooms below."""

from remit.cli.app import main

__all__ = ["main"]
