"""``youtube.playlists``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import YouTubeError
from ..paging import list_tokens, page_of
from ..playlists import PlaylistRecord
from ..request import HANDLERS, YouTubeRequest
from ..resources.playlist import playlist_resource

__all__ = ["delete", "insert", "list_", "update"]

_LONGEST_TITLE = 150


@HANDLERS.bind("youtube.playlists.list")
def list_(request: YouTubeRequest) -> Any:
    """Playlists by id, of a channel, or the caller's own."""
    arguments = request.arguments
    found = _selected(request, request.filter("channelId", "mine", "id"))
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [playlist_resource(request, playlist) for playlist in page.items]
    return request.response("playlistListResponse", page.fields(), items)


@HANDLERS.bind("youtube.playlists.insert")
def insert(request: YouTubeRequest) -> dict[str, Any]:
    """A new playlist of the caller, public unless it says otherwise."""
    channel = request.own_channel()
    facts = _facts(request.arguments.body, "public")
    return playlist_resource(request, request.library.playlists.add(channel.id, **facts))


@HANDLERS.bind("youtube.playlists.update")
def update(request: YouTubeRequest) -> dict[str, Any]:
    """A playlist anew: what the body leaves out of ``snippet`` is emptied; privacy stays unless ``status`` is there."""
    request.own_channel()
    playlist = _own(request, str(request.arguments.body.get("id", "")))
    facts = _facts(request.arguments.body, playlist.privacy)
    request.library.playlists.change(playlist.id, **facts)
    return playlist_resource(request, request.library.playlists.all_of([playlist.id])[0])


@HANDLERS.bind("youtube.playlists.delete")
def delete(request: YouTubeRequest) -> None:
    """A playlist, its videos untouched."""
    request.own_channel()
    request.library.playlists.delete(_own(request, request.arguments.text("id")).id)


def _selected(request: YouTubeRequest, chosen: str) -> list[PlaylistRecord]:
    playlists, account = request.library.playlists, request.caller.account
    if chosen == "id":
        return [each for each in playlists.all_of(request.ids()) if each.shown_to(account)]
    if chosen == "mine":
        return playlists.of_channel(request.own_channel("mine").id, account)
    channel = request.library.channels.find(request.arguments.text("channelId"))
    if channel is None:
        raise YouTubeError("playlist", "channelNotFound", "Channel not found.", location="channelId", code=404)
    return playlists.of_channel(channel.id, account)


def _own(request: YouTubeRequest, identifier: str) -> PlaylistRecord:
    """A playlist the caller may change. Raises 404, or 403 for somebody else's."""
    playlist = request.library.playlists.find(identifier)
    account = request.caller.account
    if playlist is None or not playlist.shown_to(account):
        message = "The playlist identified with the request's <code>id</code> parameter cannot be found."
        raise YouTubeError("playlist", "playlistNotFound", message, location="id", code=404)
    if playlist.owner != account:
        message = "The request is not properly authorized to change the playlist."
        raise YouTubeError("playlist", "playlistForbidden", message, location="id", code=403)
    return playlist


def _facts(body: Mapping[str, Any], privacy: str) -> dict[str, str]:
    """Title, description, language and privacy of a body. Raises 400 for a title that is missing or too long."""
    snippet = body.get("snippet", {})
    title = str(snippet.get("title", ""))
    if not title.strip():
        message = "The request must specify a playlist title."
        raise YouTubeError("playlist", "playlistTitleRequired", message, location="body.snippet.title")
    if len(title) > _LONGEST_TITLE or "<" in title or ">" in title:
        message = "The request specifies an invalid playlist snippet."
        raise YouTubeError("playlist", "invalidPlaylistSnippet", message, location="body.snippet")
    return {
        "title": title,
        "description": str(snippet.get("description", "")),
        "language": str(snippet.get("defaultLanguage", "")),
        "privacy": str(body.get("status", {}).get("privacyStatus", privacy)),
    }
