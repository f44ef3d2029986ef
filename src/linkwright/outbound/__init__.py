"""Everything that linkwright asks of other systems: one file for each API, behind the ports of the rooms that ask."""
