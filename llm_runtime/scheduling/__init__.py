"""Sending within limits: room is reserved before a call, failures are retried where that helps, and all is shared."""
