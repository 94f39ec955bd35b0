"""Records as the resources of the API, one module for each kind."""
