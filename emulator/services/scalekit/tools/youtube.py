"""The tools of the YouTube connector, after its published list.

The list itself is youtube.txt. Requests follow the references of the YouTube Data, Analytics
and Reporting APIs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .definition import Tool
from .table import tools_of

__all__ = ["youtube_tools"]


_SNIPPET = (("part", "snippet"),)
_SNIPPET_STATUS = (("part", "snippet,status"),)


def youtube_tools() -> tuple[Tool, ...]:
    """Every tool of the connector."""
    special: dict[str, dict[str, Any]] = {
        "youtube_search": {"fixed": _SNIPPET},
        "youtube_playlist_insert": {"fixed": _SNIPPET_STATUS, "body": _described},
        "youtube_playlist_update": {"fixed": _SNIPPET_STATUS, "body": _described},
        "youtube_videos_update": {"fixed": _SNIPPET_STATUS, "body": _described},
        "youtube_live_broadcasts_insert": {"fixed": _SNIPPET_STATUS, "body": _described},
        "youtube_playlist_items_insert": {"fixed": (("part", "snippet,contentDetails"),), "body": _playlist_item},
        "youtube_subscriptions_insert": {"fixed": _SNIPPET, "body": _subscription},
        "youtube_comment_threads_insert": {"fixed": _SNIPPET, "body": _comment_thread},
        "youtube_comments_insert": {"fixed": _SNIPPET, "body": _comment},
        "youtube_comments_update": {"fixed": _SNIPPET, "body": _comment},
        "youtube_comments_set_moderation_status": _queried("comment_id", "moderation_status", "ban_author"),
        "youtube_videos_rate": _queried("video_id", "rating"),
        "youtube_live_broadcasts_bind": _queried("broadcast_id", "stream_id", part="id,snippet"),
        "youtube_live_broadcasts_transition": _queried("broadcast_id", "broadcast_status", part="id,status"),
        "youtube_live_streams_insert": {"fixed": (("part", "snippet,cdn"),), "body": _live_stream},
        "youtube_analytics_group_create": {"body": _analytics_group},
        "youtube_analytics_groups_update": {"body": _analytics_group},
        "youtube_analytics_group_item_insert": {"body": _analytics_item},
        **{
            f"youtube_{name}": {"names": {key: "id"}}
            for name, key in (
                ("playlist_delete", "playlist_id"),
                ("playlist_items_delete", "playlist_item_id"),
                ("subscriptions_delete", "subscription_id"),
                ("comments_delete", "comment_id"),
                ("videos_delete", "video_id"),
                ("analytics_groups_delete", "group_id"),
                ("analytics_group_items_delete", "item_id"),
            )
        },
    }
    return tools_of("YOUTUBE", special)


def _queried(identifier: str, *others: str, part: str = "") -> dict[str, Any]:
    """A POST without a body whose inputs are query parameters, ``identifier`` being the API's ``id``."""
    return {
        "names": {identifier: "id"},
        "in_query": frozenset((identifier, *others)),
        "fixed": (("part", part),) if part else (),
    }


def _described(given: Mapping[str, Any]) -> dict[str, Any]:
    """A resource with snippet and status: a playlist, a video, a broadcast."""
    identity = given.get("playlist_id") or given.get("video_id")
    snippet = {
        "title": given.get("title"),
        "description": given.get("description"),
        "tags": given.get("tags"),
        "categoryId": given.get("category_id"),
        "defaultLanguage": given.get("default_language"),
        "scheduledStartTime": given.get("scheduled_start_time"),
    }
    return _present({"id": identity, "snippet": _present(snippet), "status": _status(given)})


def _status(given: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"privacyStatus": given["privacy_status"]} if "privacy_status" in given else None


def _playlist_item(given: Mapping[str, Any]) -> dict[str, Any]:
    snippet = {
        "playlistId": given["playlist_id"],
        "resourceId": {"kind": "youtube#video", "videoId": given["video_id"]},
        "position": given.get("position"),
    }
    details = {"note": given["note"]} if "note" in given else None
    return _present({"snippet": _present(snippet), "contentDetails": details})


def _subscription(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"snippet": {"resourceId": {"kind": "youtube#channel", "channelId": given["channel_id"]}}}


def _comment_thread(given: Mapping[str, Any]) -> dict[str, Any]:
    snippet = {
        "videoId": given["video_id"],
        "channelId": given.get("channel_id"),
        "topLevelComment": {"snippet": {"textOriginal": given["text"]}},
    }
    return {"snippet": _present(snippet)}


def _comment(given: Mapping[str, Any]) -> dict[str, Any]:
    snippet = {"parentId": given.get("parent_id"), "textOriginal": given["text"]}
    return _present({"id": given.get("comment_id"), "snippet": _present(snippet)})


def _live_stream(given: Mapping[str, Any]) -> dict[str, Any]:
    cdn = {
        "resolution": given["resolution"],
        "frameRate": given["frame_rate"],
        "ingestionType": given["ingestion_type"],
    }
    return {"snippet": {"title": given["title"]}, "cdn": cdn}


def _analytics_group(given: Mapping[str, Any]) -> dict[str, Any]:
    details = {"itemType": given["item_type"]} if "item_type" in given else None
    return _present({"id": given.get("group_id"), "snippet": {"title": given["title"]}, "contentDetails": details})


def _analytics_item(given: Mapping[str, Any]) -> dict[str, Any]:
    resource = _present({"kind": given.get("kind"), "id": given["resource_id"]})
    return {"groupId": given["group_id"], "resource": resource}


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``fields`` without those that have no value."""
    return {name: value for name, value in fields.items() if value is not None}
