"""One function over many blocks of items: in this process, in local processes, or on a dask cluster; one answer."""

from remit.jobs.blocks import Block, Job, blocks
from remit.jobs.parts import Parts
from remit.jobs.places import Cluster, InProcess, Processes, Where, place
from remit.jobs.problems import BlockFailed, Interrupted
from remit.jobs.run import Report, collect, run

__all__ = [
    "Block",
    "BlockFailed",
    "Cluster",
    "InProcess",
    "Interrupted",
    "Job",
    "Parts",
    "Processes",
    "Report",
    "Where",
    "blocks",
    "collect",
    "place",
    "run",
]
