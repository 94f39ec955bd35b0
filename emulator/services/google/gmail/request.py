"""What a Gmail handler is given, and the registry of handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....kernel.bindings import Bindings
from ....kernel.service import Kernel
from ..api import Admitted, Caller
from ..discovery import load
from ..errors import DelegationDenied, FailedPrecondition, Forbidden, InvalidArgument, PayloadTooLarge
from ..parameters import Arguments
from ..scopes import PREFIX
from .changes import LabelChange, require_label
from .listing import page_position
from .mailbox import Mailbox, Mailboxes
from .search import Condition
from .sending import Outbox
from .wire import View, thread_number

__all__ = ["HANDLERS", "LARGEST_PAGE", "GmailRequest", "Handler"]

_METADATA = PREFIX + "gmail.metadata"
LARGEST_PAGE = 500
_DEFAULT_PAGE = 100


@dataclass(frozen=True, slots=True)
class GmailRequest:
    """An admitted call at its mailbox. Answers what several handlers ask of the same parameters."""

    mailbox: Mailbox
    mailboxes: Mailboxes
    admitted: Admitted

    @classmethod
    def of(cls, admitted: Admitted, mailboxes: Mailboxes) -> GmailRequest:
        """The request of a call to its own user's mailbox.

        Raises ``DelegationDenied`` for any other's, ``FailedPrecondition`` for a service account, which has none.
        """
        user, caller = admitted.arguments.text("userId"), admitted.caller
        if user != "me" and user.lower() != caller.account:
            raise DelegationDenied(caller.account)
        if caller.is_service_account:
            raise FailedPrecondition(cause="service_account_without_sub")
        mailbox = mailboxes.open(caller.account)
        return cls(mailbox, mailboxes, admitted)

    @property
    def arguments(self) -> Arguments:
        """What the call asks."""
        return self.admitted.arguments

    @property
    def caller(self) -> Caller:
        """On whose behalf."""
        return self.admitted.caller

    @property
    def kernel(self) -> Kernel:
        """World, clock and ids."""
        return self.admitted.exchange.kernel

    @property
    def restricted(self) -> bool:
        """Whether the token holds gmail.metadata, which restricts it whatever else it holds."""
        return _METADATA in self.caller.scopes

    def view(self) -> View:
        """How ``format`` and ``metadataHeaders`` want messages. Raises 403 for what gmail.metadata does not show."""
        form = self.arguments.text("format")
        if self.restricted and form in {"full", "raw"}:
            raise Forbidden(f"Metadata scope doesn't allow format {form.upper()}", cause="metadata_scope")
        return View(form, self.arguments.texts("metadataHeaders"), self.restricted)

    def position(self) -> int:
        """Where the page asked for begins."""
        return page_position(self.arguments.text("pageToken"))

    def page_size(self) -> int:
        """How many items a page holds."""
        return self.arguments.integer("maxResults") or _DEFAULT_PAGE

    def condition(self, *required: str) -> Condition:
        """What ``q``, ``labelIds`` and ``includeSpamTrash`` ask of a message, besides the labels ``required``."""
        query = self.arguments.text("q")
        if query and self.restricted:
            raise Forbidden("Metadata scope does not support 'q' parameter", cause="metadata_scope")
        labels = tuple(dict.fromkeys((*required, *filter(None, self.arguments.texts("labelIds")))))
        for label in labels:
            require_label(self.mailbox, label)
        return self.mailbox.condition(query, labels, spam_and_trash=self.arguments.flag("includeSpamTrash"))

    @property
    def outbox(self) -> Outbox:
        """The mailbox as a place to send from."""
        return Outbox(self.kernel, self.mailboxes, self.mailbox, self.caller)

    def mail(self, message: Mapping[str, Any]) -> bytes:
        """The RFC 822 bytes of a call: its media, or ``raw`` of the ``message`` in its body.

        Raises ``InvalidArgument`` without any, ``PayloadTooLarge`` above what the operation takes.
        """
        media, upload = self.admitted.media, self.admitted.operation.upload
        raw: bytes = media.content if media is not None else message.get("raw") or b""
        if not raw:
            raise InvalidArgument(
                "'raw' RFC822 payload message string or uploading message via /upload/* URL required", cause="no_mime"
            )
        if upload is not None and upload.max_size is not None and len(raw) > upload.max_size:
            raise PayloadTooLarge
        return raw

    def thread_of(self, message: Mapping[str, Any]) -> int | None:
        """The thread a ``message`` in a body asks for. Raises ``InvalidArgument`` for what is no id."""
        wanted = message.get("threadId")
        return thread_number(wanted) if wanted else None

    def label_change(self) -> LabelChange:
        """What ``addLabelIds`` and ``removeLabelIds`` of the body ask. Raises ``InvalidArgument``."""
        body = self.arguments.body
        return LabelChange.of(self.mailbox, body.get("addLabelIds") or (), body.get("removeLabelIds") or ())


Handler = Callable[[GmailRequest], Any]

HANDLERS: Bindings[Handler] = Bindings(load("gmail").operations)
"""The handlers by operation id. The modules of ``routes`` enter theirs when they are imported."""
