"""`python -m fleet.cli`: the same as `fleet`."""

from fleet.cli.main import main

main()
