"""Who was whom since when: a graph of numbers in, intervals of numbers out.

A node is a record or a value that records hold (an email, an account, a device).
Records come first and are numbered by their arrival, so that the least node of a
customer is its oldest record. `growing` tells the many components that only ever grow,
all at once; `sweeping` walks through the moments of the few that were also taken apart.
"""
