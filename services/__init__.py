"""One module a task: each joins storage with the pure rooms and does one thing for a caller."""
