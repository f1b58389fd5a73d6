"""Virtual trials (floor 5b): protocol + scenario + seed → the very records a site would have sent."""

from remit.virtual.assumptions import Assumption, assumptions
from remit.virtual.conduct import Conducted, Step, conduct
from remit.virtual.naming import Names, names
from remit.virtual.paired import Paired
from remit.virtual.precision import REFERENCE
from remit.virtual.replicates import Replicates
from remit.virtual.run import run
from remit.virtual.scenario import Scenario
from remit.virtual.spread import Printed, against, completed, headlines, ordered, spread
from remit.virtual.stages import Designs, designs_of
from remit.virtual.summary import Asked, Summary, comparison, summary

__all__ = [
    "REFERENCE", "Asked", "Assumption", "Conducted", "Designs", "Names", "Paired", "Printed", "Replicates", "Scenario",
    "Step", "Summary", "against", "assumptions", "comparison", "completed", "conduct", "designs_of", "headlines",
    "names", "ordered", "run", "spread", "summary",
]  # fmt: skip
