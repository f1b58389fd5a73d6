"""remit: an early-phase cell-therapy trial as software."""
