"""The tools of the Gmail connector, after its published list.

Each line is a tool: name, request, inputs, description. Requests follow Gmail's own REST reference.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from .definition import Tool, ToolRun
from .inputs import VERSIONS
from .table import tools_of

__all__ = ["gmail_tools"]

ME = "/gmail/v1/users/me"
PEOPLE = "https://people.googleapis.com"
_MAIL = "to* subject* body* cc bcc content_type=text/plain thread_id"

_TABLE = f"""
fetch_mails | GET {ME}/messages | format include_spam_trash:b label_ids:a max_results:i page_token query {VERSIONS} | Find messages and fetch each of them.
get_message_by_id | GET {ME}/messages/{{message_id}} | message_id* format {VERSIONS} | Get one message.
get_attachment_by_id | GET {ME}/messages/{{message_id}}/attachments/{{attachment_id}} | message_id* attachment_id* file_name {VERSIONS} | Get the data of an attachment.
get_profile | GET {ME}/profile | {VERSIONS} | Get address and counters of the mailbox.
list_threads | GET {ME}/threads | include_spam_trash:b label_ids:a max_results:i page_token query {VERSIONS} | Find conversations.
get_thread_by_id | GET {ME}/threads/{{thread_id}} | thread_id* format metadata_headers:a {VERSIONS} | Get one conversation.
send_message | POST {ME}/messages/send | {_MAIL} {VERSIONS} | Send a message.
reply_to_thread | POST {ME}/messages/send | thread_id* to* body* subject cc bcc content_type=text/plain in_reply_to_message_id {VERSIONS} | Answer within a conversation.
create_draft | POST {ME}/drafts | {_MAIL} | Write a draft.
list_drafts | GET {ME}/drafts | include_spam_trash:b max_results:i page_token query | List drafts.
get_draft | GET {ME}/drafts/{{draft_id}} | draft_id* format | Get one draft.
update_draft | PUT {ME}/drafts/{{draft_id}} | draft_id* {_MAIL} | Replace a draft.
send_draft | POST {ME}/drafts/send | draft_id* | Send a draft.
delete_draft | DELETE {ME}/drafts/{{draft_id}} | draft_id* | Delete a draft.
list_labels | GET {ME}/labels | | List labels.
get_label | GET {ME}/labels/{{label_id}} | label_id* | Get one label.
create_label | POST {ME}/labels | name* label_list_visibility message_list_visibility | Create a label.
update_label | PATCH {ME}/labels/{{label_id}} | label_id* name label_list_visibility message_list_visibility | Change a label.
delete_label | DELETE {ME}/labels/{{label_id}} | label_id* | Delete a label.
modify_message_labels | POST {ME}/messages/{{message_id}}/modify | message_id* add_label_ids:a remove_label_ids:a | Change the labels of a message.
modify_thread_labels | POST {ME}/threads/{{thread_id}}/modify | thread_id* add_label_ids:a remove_label_ids:a | Change the labels of a conversation.
batch_modify_messages | POST {ME}/messages/batchModify | message_ids*:a add_label_ids:a remove_label_ids:a | Change the labels of many messages.
batch_delete_messages | POST {ME}/messages/batchDelete | message_ids*:a | Delete many messages for good.
trash_message | POST {ME}/messages/{{message_id}}/trash | message_id* | Move a message to the trash.
untrash_message | POST {ME}/messages/{{message_id}}/untrash | message_id* | Take a message out of the trash.
delete_message | DELETE {ME}/messages/{{message_id}} | message_id* | Delete a message for good.
trash_thread | POST {ME}/threads/{{thread_id}}/trash | thread_id* | Move a conversation to the trash.
untrash_thread | POST {ME}/threads/{{thread_id}}/untrash | thread_id* | Take a conversation out of the trash.
delete_thread | DELETE {ME}/threads/{{thread_id}} | thread_id* | Delete a conversation for good.
list_history | GET {ME}/history | start_history_id* history_types:a label_id max_results:i page_token | List changes since a point.
insert_message | POST {ME}/messages | raw_message* label_ids:a thread_id | Put a message into the mailbox.
import_message | POST {ME}/messages/import | raw_message* label_ids:a thread_id | Put a message into the mailbox as if it had arrived.
watch_mailbox | POST {ME}/watch | topic_name* label_ids:a label_filter_behavior | Be told of changes.
stop_mailbox_watch | POST {ME}/stop | | Be told no longer.
get_contacts | GET {PEOPLE}/v1/people/me/connections | max_results:i page_token person_fields:a | List contacts.
search_people | GET {PEOPLE}/v1/people:searchContacts | query* other_contacts:b page_size:i person_fields:a | Find people.
list_filters | GET {ME}/settings/filters | | List filters.
get_filter | GET {ME}/settings/filters/{{filter_id}} | filter_id* | Get one filter.
create_filter | POST {ME}/settings/filters | criteria*:o action*:o | Create a filter.
delete_filter | DELETE {ME}/settings/filters/{{filter_id}} | filter_id* | Delete a filter.
list_send_as | GET {ME}/settings/sendAs | | List addresses to send as.
get_send_as | GET {ME}/settings/sendAs/{{send_as_email}} | send_as_email* | Get an address to send as.
create_send_as | POST {ME}/settings/sendAs | send_as_email* display_name reply_to_address signature treat_as_alias:b | Add an address to send as.
update_send_as | PATCH {ME}/settings/sendAs/{{send_as_email}} | send_as_email* display_name reply_to_address signature is_default:b | Change an address to send as.
delete_send_as | DELETE {ME}/settings/sendAs/{{send_as_email}} | send_as_email* | Remove an address to send as.
verify_send_as | POST {ME}/settings/sendAs/{{send_as_email}}/verify | send_as_email* | Verify an address to send as.
list_delegates | GET {ME}/settings/delegates | | List delegates.
create_delegate | POST {ME}/settings/delegates | delegate_email* | Add a delegate.
list_forwarding_addresses | GET {ME}/settings/forwardingAddresses | | List forwarding addresses.
get_forwarding_address | GET {ME}/settings/forwardingAddresses/{{forwarding_email}} | forwarding_email* | Get a forwarding address.
create_forwarding_address | POST {ME}/settings/forwardingAddresses | forwarding_email* | Add a forwarding address.
delete_forwarding_address | DELETE {ME}/settings/forwardingAddresses/{{forwarding_email}} | forwarding_email* | Remove a forwarding address.
get_auto_forwarding | GET {ME}/settings/autoForwarding | | Get the forwarding of all mail.
update_auto_forwarding | PUT {ME}/settings/autoForwarding | enabled*:b email_address disposition | Change the forwarding of all mail.
get_vacation_settings | GET {ME}/settings/vacation | | Get the answer to mail while away.
update_vacation_settings | PUT {ME}/settings/vacation | enable_auto_reply*:b response_subject response_body_plain_text response_body_html restrict_to_contacts:b restrict_to_domain:b start_time end_time | Change the answer to mail while away.
"""


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
    return tools_of("GMAIL", _TABLE, special)


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
