"""What an attachment says: the facts of one file that hangs on a page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from checks.facts import Unverified


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file's text, as far as it was read."""

    form: str
    """docx, xlsx, xls, doc, pdf or zip: by its bytes, whatever its name says."""
    names: tuple[str, ...] = ()
    """Of visible sheets; of an archive's members, which are not opened."""
    text: str = ""
    """Paragraphs and cells in their order, a line each."""
    whole: bool = True
    """False: it is longer than what was read, or holds pictures that may show more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentLook:
    """One look at an attachment; exactly one of ``read`` and ``unread`` is there."""

    url: str
    read: Attachment | None = None
    unread: Unverified | None = None
    """It was fetched, and cannot be read."""
    etag: str | None = None
    last_modified: str | None = None
    reader: str = ""
    """Version of the reader of attachments."""


def attachment_key(url: str) -> str:
    """How a look at an address is known."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
