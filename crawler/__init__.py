"""The crawler: fetches pages, reads them, and hands on facts and evidence."""
