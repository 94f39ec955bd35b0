"""The tools of the YouTube connector, after its published list.

Each line is a tool: name, request, inputs, description. Requests follow the references of the YouTube Data, Analytics
and Reporting APIs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .definition import Tool
from .table import tools_of

__all__ = ["youtube_tools"]

V3 = "/youtube/v3"
ANALYTICS = "https://youtubeanalytics.googleapis.com/v2"
REPORTING = "https://youtubereporting.googleapis.com/v1"
_PAGE = "max_results:i page_token"

_TABLE = f"""
search | GET {V3}/search | q type order max_results:i=10 page_token channel_id published_after published_before safe_search video_duration | Search videos, channels and playlists.
channels_list | GET {V3}/channels | part* id mine:b for_handle for_username managed_by_me:b max_results:i=5 page_token | Get channels.
videos_list | GET {V3}/videos | part* id chart my_rating {_PAGE} region_code video_category_id | Get videos.
playlists_list | GET {V3}/playlists | part* id channel_id mine:b {_PAGE} | Get playlists.
playlist_insert | POST {V3}/playlists | title* description privacy_status tags:a default_language | Create a playlist.
playlist_update | PUT {V3}/playlists | playlist_id* title description privacy_status default_language | Change a playlist.
playlist_delete | DELETE {V3}/playlists | playlist_id* | Delete a playlist.
playlist_items_list | GET {V3}/playlistItems | part* playlist_id* {_PAGE} video_id | List the videos of a playlist.
playlist_items_insert | POST {V3}/playlistItems | playlist_id* video_id* position:i note | Add a video to a playlist.
playlist_items_delete | DELETE {V3}/playlistItems | playlist_item_id* | Take a video out of a playlist.
subscriptions_list | GET {V3}/subscriptions | part* channel_id id mine:b my_recent_subscribers:b my_subscribers:b for_channel_id order {_PAGE} | List subscriptions.
subscriptions_insert | POST {V3}/subscriptions | channel_id* | Subscribe to a channel.
subscriptions_delete | DELETE {V3}/subscriptions | subscription_id* | Unsubscribe.
comment_threads_list | GET {V3}/commentThreads | part* id video_id all_threads_related_to_channel_id order search_terms text_format moderation_status {_PAGE} | List comment threads.
comment_threads_insert | POST {V3}/commentThreads | video_id* text* channel_id | Comment on a video.
comments_list | GET {V3}/comments | part* id parent_id text_format {_PAGE} | List comments.
comments_insert | POST {V3}/comments | parent_id* text* | Answer a comment.
comments_update | PUT {V3}/comments | comment_id* text* | Change a comment.
comments_delete | DELETE {V3}/comments | comment_id* | Delete a comment.
comments_set_moderation_status | POST {V3}/comments/setModerationStatus | comment_id* moderation_status* ban_author:b | Moderate a comment.
videos_rate | POST {V3}/videos/rate | video_id* rating* | Rate a video.
videos_get_rating | GET {V3}/videos/getRating | id* | Get ratings given to videos.
videos_update | PUT {V3}/videos | video_id* title description category_id tags:a privacy_status | Change a video.
videos_delete | DELETE {V3}/videos | video_id* | Delete a video.
video_categories_list | GET {V3}/videoCategories | part=snippet id region_code hl | List video categories.
captions_list | GET {V3}/captions | part=snippet video_id* id | List the captions of a video.
analytics_query | GET {ANALYTICS}/reports | ids* metrics* start_date* end_date* dimensions filters sort max_results:i start_index:i currency | Query analytics.
analytics_groups_list | GET {ANALYTICS}/groups | id mine:b page_token | List analytics groups.
analytics_group_create | POST {ANALYTICS}/groups | title* item_type* | Create an analytics group.
analytics_groups_update | PUT {ANALYTICS}/groups | group_id* title* | Rename an analytics group.
analytics_groups_delete | DELETE {ANALYTICS}/groups | group_id* | Delete an analytics group.
analytics_group_items_list | GET {ANALYTICS}/groupItems | group_id* | List the items of an analytics group.
analytics_group_item_insert | POST {ANALYTICS}/groupItems | group_id* resource_id* kind | Add to an analytics group.
analytics_group_items_delete | DELETE {ANALYTICS}/groupItems | item_id* | Take out of an analytics group.
reporting_list_report_types | GET {REPORTING}/reportTypes | page_size:i page_token include_system_managed:b | List types of reports.
reporting_list_jobs | GET {REPORTING}/jobs | page_size:i page_token include_system_managed:b | List reporting jobs.
reporting_create_job | POST {REPORTING}/jobs | report_type_id* name* | Create a reporting job.
reporting_jobs_delete | DELETE {REPORTING}/jobs/{{job_id}} | job_id* | Delete a reporting job.
reporting_list_reports | GET {REPORTING}/jobs/{{job_id}}/reports | job_id* page_size:i page_token created_after start_time_at_or_after start_time_before | List reports of a job.
live_broadcasts_list | GET {V3}/liveBroadcasts | part* id mine:b broadcast_status broadcast_type {_PAGE} | List live broadcasts.
live_broadcasts_insert | POST {V3}/liveBroadcasts | title* scheduled_start_time* privacy_status description | Plan a live broadcast.
live_broadcasts_bind | POST {V3}/liveBroadcasts/bind | broadcast_id* stream_id | Bind a broadcast to a stream.
live_broadcasts_transition | POST {V3}/liveBroadcasts/transition | broadcast_id* broadcast_status* | Move a broadcast on.
live_streams_list | GET {V3}/liveStreams | part* id mine:b {_PAGE} | List live streams.
live_streams_insert | POST {V3}/liveStreams | title* resolution* frame_rate* ingestion_type* | Create a live stream.
"""
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
    return tools_of("YOUTUBE", _TABLE, special)


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
