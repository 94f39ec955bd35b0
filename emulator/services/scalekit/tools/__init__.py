"""Tools: what they are called, what they take, and how each becomes a call of its provider's API."""
