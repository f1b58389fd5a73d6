"""Single-arm designs for response and for monitoring: exact sizes, boundaries and chances from binomial counts."""
