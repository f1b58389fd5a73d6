"""The sections of the page, in reading order; the design is there when the protocol declares one."""

from remit.report.sections.activity import ACTIVITY
from remit.report.sections.cells import CELLS
from remit.report.sections.definitions import DEFINITIONS
from remit.report.sections.design import DESIGN
from remit.report.sections.duration import DURATION
from remit.report.sections.methods import METHODS
from remit.report.sections.received import RECEIVED
from remit.report.sections.safety import SAFETY
from remit.report.sections.section import Section
from remit.report.sections.subjects import SUBJECTS
from remit.report.sections.who import WHO

SECTIONS: tuple[Section, ...] = (
    WHO, RECEIVED, SAFETY, ACTIVITY, DEFINITIONS, CELLS, DURATION, SUBJECTS, DESIGN, METHODS,
)  # fmt: skip

__all__ = ["SECTIONS", "Section"]
