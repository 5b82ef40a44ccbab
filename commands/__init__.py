"""The commands, one module a family: each parses its words, calls one service and renders what
comes back. Nothing but ``cli`` imports this room."""
