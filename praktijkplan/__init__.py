"""The rules of the *Praktijkplan videoconsulten* as pure functions: no Django, no clock, no I/O.

An *instant* is a whole number of minutes since 1970 in UTC. A *span* is half-open: ``(start, end)``.
Time, policy and time zone are arguments. A broken rule is a returned value with an id and its facts;
the sentence for it is made above.
"""
