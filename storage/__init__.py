"""What is kept: the database (models, sessions, repositories) and the evidence store (WARC).

Facts go in and come out as the records of ``checks.facts``; judgement happens elsewhere.
"""
