"""The declared tables, one domain a file, in the order in which they are listed everywhere."""

from remit.records.table import Table
from remit.records.tables.ae import AE
from remit.records.tables.ce import CE
from remit.records.tables.cm import CM
from remit.records.tables.cp import CP
from remit.records.tables.dm import DM
from remit.records.tables.ds import DS
from remit.records.tables.eg import EG
from remit.records.tables.ex import EX
from remit.records.tables.fa import FA
from remit.records.tables.ie import IE
from remit.records.tables.is_ import IS
from remit.records.tables.lb import LB
from remit.records.tables.mh import MH
from remit.records.tables.pc import PC
from remit.records.tables.qs import QS
from remit.records.tables.relrec import RELREC
from remit.records.tables.rs import RS
from remit.records.tables.sc import SC
from remit.records.tables.supp import supp
from remit.records.tables.sv import SV
from remit.records.tables.vs import VS

DOMAINS: tuple[Table, ...] = (DM, DS, SV, EX, CM, MH, AE, CE, LB, VS, EG, QS, FA, RS, IS, PC, CP, IE, SC)

TABLES: tuple[Table, ...] = (*DOMAINS, RELREC, *(supp(domain.name) for domain in DOMAINS))

__all__ = ["DOMAINS", "TABLES"]
