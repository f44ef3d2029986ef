"""`python -m linkwright` is the command `linkwright`."""

from linkwright.cli import main

main()
