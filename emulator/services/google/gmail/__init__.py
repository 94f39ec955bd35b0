"""Gmail API v1: mailboxes over the world database."""
