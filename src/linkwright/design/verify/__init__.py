"""Is a design true? A second implementation of every rule, which shares nothing with the search but the words."""
