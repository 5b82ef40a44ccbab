"""When things are due, and the timer that runs them: the table of what is due, probes, ``serve``."""
