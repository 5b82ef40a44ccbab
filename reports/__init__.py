"""What people and scripts read: one module an output.

``views`` holds the plain view models that ``services`` fill; every output renders the same views.
No database, no network, no clock.
"""
