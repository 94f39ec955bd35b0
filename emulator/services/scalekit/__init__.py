"""Scalekit's connected accounts: the API over gRPC (``rpc``) and REST, the magic links and the proxy (``web``).

The two services are not imported here: the facade and the seeds need the platform alone, and calls may never come.
"""
