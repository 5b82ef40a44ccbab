"""The replica: a generated, deterministic twin of a county's portal and disclosure platform.

It is grown from what is known of such sites, never from the reader, and it knows its own truth:
every planted problem, every trap that must stay silent, every subject that can't be verified.
"""

from tests.replica.changes import Diff, evolve, mend, mend_and_break
from tests.replica.site import Replica, generate
from tests.replica.spec import Spec
from tests.replica.truth import Truth, TruthFinding

__all__ = [
    "Diff",
    "Replica",
    "Spec",
    "Truth",
    "TruthFinding",
    "evolve",
    "generate",
    "mend",
    "mend_and_break",
]
