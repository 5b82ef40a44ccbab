"""A small city that lives through 2018: what it shows on a day follows from the mails it was sent."""
