"""The service rooms: one folder per vendor. Rooms never import one another."""
