"""`python -m remit.cli` is `remit`."""

from remit.cli.app import main

main()
