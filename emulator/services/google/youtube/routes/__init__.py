"""One short function for each operation. Importing this package enters all of them."""

from __future__ import annotations

from . import categories, channels, comments, playlist_items, playlists, search, subscriptions, videos

__all__ = ["categories", "channels", "comments", "playlist_items", "playlists", "search", "subscriptions", "videos"]
