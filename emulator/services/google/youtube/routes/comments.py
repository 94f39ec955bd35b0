"""``youtube.commentThreads`` and ``youtube.comments``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..channels import ChannelRecord
from ..comments import Comment
from ..errors import YouTubeError
from ..paging import list_tokens, page_of
from ..request import HANDLERS, YouTubeRequest
from ..resources.comment import comment_resource, thread_resource
from ..videos import VideoRecord

__all__ = ["delete", "insert", "insert_thread", "list_", "list_threads", "set_moderation_status", "update"]

_LONGEST = 10_000
_FILTERS = ("id", "videoId", "allThreadsRelatedToChannelId", "channelId")


@HANDLERS.bind("youtube.commentThreads.list")
def list_threads(request: YouTubeRequest) -> Any:
    """Threads by id, of a video, or of everything a channel has."""
    arguments = request.arguments
    found = _threads(request, request.filter(*_FILTERS))
    if words := arguments.text("searchTerms").casefold():
        found = [comment for comment in found if words in comment.text.casefold()]
    if arguments.text("order") == "relevance":
        found.sort(key=lambda comment: -comment.likes)
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [thread_resource(request, comment) for comment in page.items]
    info = {"totalResults": len(items), "resultsPerPage": page.size}
    following = {"nextPageToken": page.next_token} if page.next_token else {}
    return request.response("commentThreadListResponse", {**following, "pageInfo": info}, items)


@HANDLERS.bind("youtube.commentThreads.insert")
def insert_thread(request: YouTubeRequest) -> dict[str, Any]:
    """The caller comments on a video."""
    channel = request.own_channel()
    snippet = request.arguments.body.get("snippet", {})
    text = _text(snippet.get("topLevelComment", {}), "commentThread")
    video = _video(request, str(snippet.get("videoId", "")))
    return thread_resource(request, _add(request, channel, video.id, text))


@HANDLERS.bind("youtube.comments.list")
def list_(request: YouTubeRequest) -> Any:
    """Comments by id, or the replies to one."""
    comments, arguments = request.library.comments, request.arguments
    by_id = request.filter("id", "parentId") == "id"
    found = comments.all_of(request.ids()) if by_id else comments.replies(arguments.text("parentId"))
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [comment_resource(request, comment) for comment in page.items]
    return request.response("commentListResponse", page.fields(), items)


@HANDLERS.bind("youtube.comments.insert")
def insert(request: YouTubeRequest) -> dict[str, Any]:
    """The caller replies to a comment that begins a thread."""
    channel = request.own_channel()
    text = _text(request.arguments.body, "comment")
    parent = str(request.arguments.body["snippet"].get("parentId", ""))
    threads = [comment for comment in request.library.comments.all_of([parent]) if not comment.parent]
    if not threads:
        message = "The specified parent comment could not be found."
        raise YouTubeError("comment", "parentCommentNotFound", message, location="body.snippet.parentId", code=404)
    return comment_resource(request, _add(request, channel, threads[0].video, text, parent))


@HANDLERS.bind("youtube.comments.update")
def update(request: YouTubeRequest) -> dict[str, Any]:
    """Another text for a comment of the caller."""
    own = request.own_channel()
    comment = _comment(request, str(request.arguments.body.get("id", "")))
    text = _text(request.arguments.body, "comment")
    _check_authority(comment.author_channel == own.id)
    request.library.comments.change(comment.id, text)
    return comment_resource(request, _comment(request, comment.id))


@HANDLERS.bind("youtube.comments.delete")
def delete(request: YouTubeRequest) -> None:
    """A comment of the caller, or under a video of the caller, with its replies."""
    own = request.own_channel()
    comment = _comment(request, request.arguments.text("id"))
    _check_authority(own.id in {comment.author_channel, comment.channel})
    request.library.comments.delete(comment.id)


@HANDLERS.bind("youtube.comments.setModerationStatus")
def set_moderation_status(request: YouTubeRequest) -> None:
    """Comments under the caller's videos are published, held for review or rejected."""
    own = request.own_channel()
    comments = [_comment(request, identifier) for identifier in request.ids()]
    _check_authority(all(comment.channel == own.id for comment in comments))
    for comment in comments:
        request.library.comments.moderate(comment.id, request.arguments.text("moderationStatus"))


def _comment(request: YouTubeRequest, identifier: str) -> Comment:
    found = request.library.comments.all_of([identifier])
    if not found:
        message = "One or more of the specified comments cannot be found."
        raise YouTubeError("comment", "commentNotFound", message, location="id", code=404)
    return found[0]


def _check_authority(is_given: bool) -> None:  # noqa: FBT001 - the one thing it is told
    if not is_given:
        message = "The request has insufficient permissions to change the comment."
        raise YouTubeError("comment", "forbidden", message, code=403)


def _threads(request: YouTubeRequest, chosen: str) -> list[Comment]:
    comments, arguments = request.library.comments, request.arguments
    if chosen == "id":
        return [comment for comment in comments.all_of(request.ids()) if not comment.parent]
    moderation = arguments.text("moderationStatus")
    if chosen == "videoId":
        video = _video(request, arguments.text("videoId"))
        _check_moderator(request, video.owner, moderation)
        return comments.threads(video=video.id, moderation=moderation)
    channel = request.library.channels.find(arguments.text(chosen))
    if channel is None:
        message = f"The channel identified by the <code>{chosen}</code> parameter could not be found."
        raise YouTubeError("commentThread", "channelNotFound", message, location=chosen, code=404)
    _check_moderator(request, channel.account, moderation)
    return [] if chosen == "channelId" else comments.threads(channel=channel.id, moderation=moderation)


def _video(request: YouTubeRequest, identifier: str) -> VideoRecord:
    """The video commented on. Raises 404, or 403 where its comments are off."""
    named = '<code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code>'
    video = request.library.videos.seen(identifier, request.caller.account)
    if video is None:
        message = f"The video identified by the {named} parameter could not be found."
        raise YouTubeError("commentThread", "videoNotFound", message, location="videoId", code=404)
    if not video.comments_enabled:
        message = f"The video identified by the {named} parameter has disabled comments."
        raise YouTubeError("commentThread", "commentsDisabled", message, location="videoId", code=403)
    return video


def _check_moderator(request: YouTubeRequest, owner: str, moderation: str) -> None:
    """Only who owns the channel sees what is held for review."""
    if moderation != "published" and (not owner or owner != request.caller.account):
        message = (
            "One or more of the comment threads cannot be retrieved due to insufficient permissions. The request might "
            "not be properly authorized."
        )
        raise YouTubeError("commentThread", "forbidden", message, code=403)


def _text(body: Mapping[str, Any], subject: str) -> str:
    """What a comment in a body says. Raises 400 for nothing and for too much."""
    text = str(body.get("snippet", {}).get("textOriginal", ""))
    if not text.strip():
        message = "The comment resource that is being inserted must specify a value for the text property."
        raise YouTubeError(subject, "commentTextRequired", message, location="body.snippet.textOriginal")
    if len(text) > _LONGEST:
        message = "The comment resource that is being inserted contains too many characters in its text property."
        raise YouTubeError(subject, "commentTextTooLong", message, location="body.snippet.textOriginal")
    return text


def _add(request: YouTubeRequest, author: ChannelRecord, video: str, text: str, parent: str = "") -> Comment:
    name = author.handle or author.title
    return request.library.comments.add(video, name, author.id, text, parent=parent)
