"""Everything on YouTube in one world."""

from __future__ import annotations

from ....kernel.service import Kernel
from .channels import Channels
from .comments import Comments
from .playlists import Playlists
from .subscriptions import Subscriptions
from .videos import Videos

__all__ = ["Library"]


class Library:
    """The stores of channels, videos, playlists, subscriptions and comments."""

    def __init__(self, kernel: Kernel) -> None:
        self.world = kernel.world
        self.channels = Channels(kernel)
        self.videos = Videos(kernel)
        self.playlists = Playlists(kernel, self.channels, self.videos)
        self.subscriptions = Subscriptions(kernel, self.channels)
        self.comments = Comments(kernel)

    @property
    def mine_needs_a_channel(self) -> bool:
        """Whether ``channels.list`` with ``mine`` refuses an account without channel, as one public report has it."""
        kept = self.world.value("SELECT value FROM google_setting WHERE name = 'youtube_mine_needs_a_channel'")
        return bool(kept == "yes")

    @mine_needs_a_channel.setter
    def mine_needs_a_channel(self, needed: bool) -> None:
        row = ("youtube_mine_needs_a_channel", "yes" if needed else "no")
        with self.world.transaction():
            self.world.execute("INSERT OR REPLACE INTO google_setting VALUES (?, ?)", row)
