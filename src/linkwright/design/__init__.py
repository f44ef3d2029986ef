"""The design core: numbers in, a proved design out. No I/O, no clock, no logging, no word of any standard API."""
