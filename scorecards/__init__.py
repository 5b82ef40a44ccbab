"""Findings and a standard become scorecards; the life of a finding.

Pure: no I/O, no database, no clock. What is judged is in ``checks``; what is printed, in
``reports``.
"""
