"""The spiders: one for the portal, one for the disclosure platform."""
