"""``youtube.playlistItems``."""

from __future__ import annotations

from typing import Any

from ..errors import YouTubeError
from ..paging import list_tokens, page_of
from ..playlists import MOST_ITEMS, PlaylistItem, PlaylistRecord
from ..request import HANDLERS, YouTubeRequest
from ..resources.playlist import item_resource

__all__ = ["delete", "insert", "list_", "update"]


@HANDLERS.bind("youtube.playlistItems.list")
def list_(request: YouTubeRequest) -> Any:
    """Items by id, or of a playlist in its order; ``videoId`` picks those of one video."""
    arguments, account = request.arguments, request.caller.account
    if request.filter("id", "playlistId") == "id":
        found = request.library.playlists.items_of(request.ids(), account)
    else:
        found = _items(request, arguments.text("playlistId"))
    if video := arguments.text("videoId"):
        found = [item for item in found if item.video.id == video]
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [item_resource(request, item) for item in page.items]
    return request.response("playlistItemListResponse", page.fields(), items)


@HANDLERS.bind("youtube.playlistItems.insert")
def insert(request: YouTubeRequest) -> dict[str, Any]:
    """A video put into one of the caller's playlists."""
    request.own_channel()
    snippet = request.arguments.body.get("snippet", {})
    playlist = _own(request, str(snippet.get("playlistId", "")))
    video = _video(request, snippet)
    playlists = request.library.playlists
    size = playlists.size(playlist.id)
    if size >= MOST_ITEMS:
        message = "The playlist already contains the maximum allowed number of items."
        raise YouTubeError("playlistItem", "playlistContainsMaximumNumberOfVideos", message, code=403)
    position = _position(snippet, size)
    note = str(request.arguments.body.get("contentDetails", {}).get("note", ""))
    identifier = playlists.insert(playlist.id, video, position, note)
    return item_resource(request, _stored(request, identifier))


@HANDLERS.bind("youtube.playlistItems.update")
def update(request: YouTubeRequest) -> dict[str, Any]:
    """An item at another place or with another note."""
    request.own_channel()
    body = request.arguments.body
    item = _own_item(request, str(body.get("id", "")))
    last = request.library.playlists.size(item.playlist) - 1
    position = _position(body.get("snippet", {}), last)
    note = str(body.get("contentDetails", {}).get("note", ""))
    request.library.playlists.move(item, item.position if position is None else position, note)
    return item_resource(request, _stored(request, item.id))


@HANDLERS.bind("youtube.playlistItems.delete")
def delete(request: YouTubeRequest) -> None:
    """An item taken out of its playlist."""
    request.own_channel()
    request.library.playlists.remove(_own_item(request, request.arguments.text("id")))


def _items(request: YouTubeRequest, playlist: str) -> list[PlaylistItem]:
    found = request.library.playlists.items(playlist, request.caller.account)
    if found is None:
        raise _no_playlist("playlistId")
    return found


def _stored(request: YouTubeRequest, identifier: str) -> PlaylistItem:
    item = request.library.playlists.item(identifier)
    if item is None:
        message = "Playlist item not found."
        raise YouTubeError("playlistItem", "playlistItemNotFound", message, location="id", code=404)
    return item


def _own(request: YouTubeRequest, identifier: str) -> PlaylistRecord:
    """A playlist the caller may fill. Raises 400 without an id, 404, or 403 for somebody else's."""
    if not identifier:
        message = "The request does not specify a value for the required <code>playlistId</code> property."
        raise YouTubeError("playlistItem", "playlistIdRequired", message, location="body.snippet.playlistId")
    playlist = request.library.playlists.find(identifier)
    if playlist is None or not playlist.shown_to(request.caller.account):
        raise _no_playlist("playlistId")
    _check_owner(request, playlist)
    return playlist


def _own_item(request: YouTubeRequest, identifier: str) -> PlaylistItem:
    item = _stored(request, identifier)
    _check_owner(request, request.library.playlists.all_of([item.playlist])[0])
    return item


def _check_owner(request: YouTubeRequest, playlist: PlaylistRecord) -> None:
    if playlist.owner != request.caller.account:
        message = "The request is not properly authorized to change the playlist's items."
        raise YouTubeError("playlistItem", "playlistItemsNotAccessible", message, code=403)


def _video(request: YouTubeRequest, snippet: dict[str, Any]) -> str:
    """The video a snippet names. Raises 400 without one, 404 for one the caller cannot see."""
    named = snippet.get("resourceId", {})
    if named.get("kind") != "youtube#video" or not named.get("videoId"):
        message = "The request must contain a resource in which the snippet object specifies a resourceId."
        raise YouTubeError("playlistItem", "resourceIdRequired", message, location="body.snippet.resourceId")
    video = request.library.videos.seen(str(named["videoId"]), request.caller.account)
    if video is None:
        raise YouTubeError("playlistItem", "videoNotFound", "Video not found.", code=404)
    return video.id


def _position(snippet: dict[str, Any], last: int) -> int | None:
    """The place a snippet asks for, ``None`` where it does not. Raises 400 beyond ``last``."""
    position = snippet.get("position")
    if position is not None and not 0 <= position <= last:
        message = "The request attempts to set an invalid playlist position."
        raise YouTubeError("playlistItem", "invalidPlaylistItemPosition", message, location="body.snippet.position")
    return position


def _no_playlist(parameter: str) -> YouTubeError:
    message = f"The playlist identified with the request's <code>{parameter}</code> parameter cannot be found."
    return YouTubeError("playlistItem", "playlistNotFound", message, location=parameter, code=404)
