"""The rules: facts in, findings out. Pure: no I/O, no database, no clock of their own."""
