"""The tools of the Gmail connector, after its published list.

The list itself is gmail.txt. Requests follow Gmail's own REST reference.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from .definition import Tool, ToolRun
from .table import tools_of

__all__ = ["gmail_tools"]

ME = "/gmail/v1/users/me"


def gmail_tools() -> tuple[Tool, ...]:
    """Every tool of the connector."""
    special: dict[str, dict[str, Any]] = {
        "gmail_fetch_mails": {"run": _fetch_mails},
        "gmail_get_attachment_by_id": {"run": _get_attachment},
        "gmail_send_message": {"body": _message},
        "gmail_reply_to_thread": {"run": _reply},
        "gmail_create_draft": {"body": lambda given: {"message": _message(given)}},
        "gmail_update_draft": {"body": lambda given: {"message": _message(given)}},
        "gmail_send_draft": {"names": {"draft_id": "id"}},
        "gmail_batch_modify_messages": {"names": {"message_ids": "ids"}},
        "gmail_batch_delete_messages": {"names": {"message_ids": "ids"}},
        "gmail_insert_message": {"names": {"raw_message": "raw"}},
        "gmail_import_message": {"names": {"raw_message": "raw"}},
        "gmail_list_threads": {"names": {"query": "q"}},
        "gmail_list_drafts": {"names": {"query": "q"}},
        "gmail_get_contacts": {"names": {"max_results": "pageSize"}},
        "gmail_search_people": {"names": {"person_fields": "readMask"}},
    }
    return tools_of("GMAIL", special)


def _fetch_mails(run: ToolRun) -> Mapping[str, Any]:
    """The list of messages with each of them fetched, as callers of the tool read it."""
    given = run.inputs
    asked = [("maxResults", str(given.get("max_results", 10)))]
    asked += [("q", given["query"])] if "query" in given else []
    asked += [("pageToken", given["page_token"])] if "page_token" in given else []
    asked += [("labelIds", str(label)) for label in given.get("label_ids", ())]
    asked += [("includeSpamTrash", "true")] if given.get("include_spam_trash") else []
    listed = run.send("GET", f"{ME}/messages", asked)
    wanted = [("format", given["format"])] if "format" in given else []
    found = [run.send("GET", f"{ME}/messages/{each['id']}", wanted) for each in listed.get("messages", ())]
    return {**listed, "messages": found}


def _get_attachment(run: ToolRun) -> Mapping[str, Any]:
    given = run.inputs
    path = f"{ME}/messages/{given['message_id']}/attachments/{given['attachment_id']}"
    found: dict[str, Any] = run.send("GET", path)
    return {**found, "fileName": given["file_name"]} if "file_name" in given else found


def _reply(run: ToolRun) -> Mapping[str, Any]:
    """A message that mail programs show below the one it answers: same subject, with the references."""
    given = dict(run.inputs)
    headers = [("format", "metadata"), ("metadataHeaders", "Subject"), ("metadataHeaders", "Message-ID")]
    if answered := given.get("in_reply_to_message_id"):
        last = run.send("GET", f"{ME}/messages/{answered}", headers)
    else:
        last = run.send("GET", f"{ME}/threads/{given['thread_id']}", headers)["messages"][-1]
    known = {each["name"].lower(): each["value"] for each in last.get("payload", {}).get("headers", ())}
    subject = known.get("subject", "")
    given.setdefault("subject", subject if subject.lower().startswith("re:") else f"Re: {subject}".strip())
    answer: Mapping[str, Any] = run.send(
        "POST", f"{ME}/messages/send", (), _message(given, known.get("message-id", ""))
    )
    return answer


def _message(given: Mapping[str, Any], in_reply_to: str = "") -> dict[str, Any]:
    """The ``Message`` of an API call: RFC 822 text, and the thread where one is named."""
    mail = EmailMessage()
    for name in ("to", "cc", "bcc", "subject"):
        if value := " ".join(str(given.get(name, "")).split()):
            mail[name.capitalize()] = value
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
        mail["References"] = in_reply_to
    mail.set_content(given["body"], subtype="html" if given.get("content_type") == "text/html" else "plain")
    raw = urlsafe_b64encode(mail.as_bytes()).decode()
    return {"raw": raw, "threadId": given["thread_id"]} if "thread_id" in given else {"raw": raw}
