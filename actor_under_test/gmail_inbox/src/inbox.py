"""The signed-in user's mailbox, through Google's own clients."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from .threads import ThreadItem, thread_item

if TYPE_CHECKING:
    from googleapiclient._apis.gmail.v1 import GmailResource, ListThreadsResponseHttpRequest

__all__ = ["Inbox"]

_SIGN_IN_ENDPOINT = "https://oauth2.googleapis.com/token"
_SCOPE = "https://www.googleapis.com/auth/gmail.readonly"

# Of 5xx, 429 and rate-limit 403 answers and of broken connections, with random pauses of up to 2, 4, 8 and 16 seconds:
# long enough for the per-minute quota to refill a little, short enough to give up within half a minute.
_RETRIES = 4
_PAGE_SIZE = 100

# Bodies are never asked for: headers, labels and file names are all an item needs. The mask names the levels one by
# one because a mask cannot recurse; a file sits at the first level, or deeper in signed and forwarded mail.
_PART = "filename,headers,parts(filename,parts(filename,parts(filename)))"
_THREAD_FIELDS = f"id,messages(internalDate,labelIds,snippet,payload({_PART}))"


class Inbox:
    """One mailbox, read through a Gmail client that is already authorised.

    Every method blocks, and no two may run at once: httplib2 is not thread-safe. All of them raise what Google's
    clients raise; `failures.diagnose` explains it.
    """

    def __init__(self, gmail: GmailResource) -> None:
        self._gmail = gmail

    @classmethod
    def sign_in(cls, client_id: str, client_secret: str, refresh_token: str) -> Inbox:
        """Exchange the refresh token for an access token, so that bad credentials fail before anything else."""
        # google-auth is annotated in part only.
        credentials = Credentials(  # type: ignore[no-untyped-call]
            token=None,
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
            token_uri=_SIGN_IN_ENDPOINT,
            scopes=[_SCOPE],
        )
        credentials.refresh(Request())  # type: ignore[no-untyped-call]
        return cls(build("gmail", "v1", credentials=credentials, cache_discovery=False))

    def thread_ids(self, query: str, limit: int) -> list[str]:
        """Return the ids of the newest threads that match the query in Gmail's search language, at most `limit`."""
        threads = self._gmail.users().threads()
        request: ListThreadsResponseHttpRequest | None
        request = threads.list(
            userId="me", q=query, maxResults=min(limit, _PAGE_SIZE), fields="nextPageToken,threads/id"
        )
        found: list[str] = []
        while request is not None and len(found) < limit:
            page = request.execute(num_retries=_RETRIES)
            found += [thread["id"] for thread in page.get("threads", [])]
            request = threads.list_next(request, page)
        return found[:limit]

    def read_thread(self, thread_id: str) -> ThreadItem | None:
        """Return the thread's item, or None when it was deleted after it was listed."""
        request = self._gmail.users().threads().get(userId="me", id=thread_id, format="full", fields=_THREAD_FIELDS)
        try:
            thread = request.execute(num_retries=_RETRIES)
        except HttpError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return thread_item(thread, self._label_names)

    @cached_property
    def _label_names(self) -> dict[str, str]:
        answer = self._gmail.users().labels().list(userId="me", fields="labels(id,name)").execute(num_retries=_RETRIES)
        return {label["id"]: label["name"] for label in answer.get("labels", [])}
