"""The environment variables of one Actor run, as a typed object.

A field that is ``None`` is not set at all; one that is ``""`` is set and empty. The two are not the same: Python's SDK
refuses to start with an empty ``ACTOR_MEMORY_MBYTES``, and for JavaScript any text in ``APIFY_IS_AT_HOME``, "0" as
well, means the platform. Names and shapes after Apify's list of environment variables and the SDKs' configuration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Self, get_type_hints

from ...kernel.clock import rfc3339
from .runs import Run
from .settings import API_URL
from .users import User

__all__ = ["ActorEnvironment"]

Empty = Literal[""]
Text = str | None
Flag = bool | Empty | None
Whole = int | Empty | None
Number = float | Decimal | Empty | None
Moment = datetime | Empty | None
Names = tuple[str, ...] | Empty | None
Json = Mapping[str, Any] | Empty | None

RUNTIME_PREFIXES = ("ACTOR_", "APIFY_", "CRAWLEE_")
OURS = "ACTOR_EMULATOR_"  # set by the emulator's doors, no part of a run


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorEnvironment:
    """What a run's process finds in its environment. ``custom`` holds the Actor's own variables, and wins.

    Moments are aware datetimes, ``timeout_at`` among them; memory is in megabytes; money in US dollars.
    """

    is_at_home: Annotated[Flag, "APIFY_IS_AT_HOME"] = None
    token: Annotated[Text, "APIFY_TOKEN"] = None
    user_id: Annotated[Text, "APIFY_USER_ID"] = None
    user_is_paying: Annotated[Flag, "APIFY_USER_IS_PAYING"] = None
    user_pricing_tier: Annotated[Text, "APIFY_USER_PRICING_TIER"] = None
    api_base_url: Annotated[Text, "APIFY_API_BASE_URL"] = None
    api_public_base_url: Annotated[Text, "APIFY_API_PUBLIC_BASE_URL"] = None
    meta_origin: Annotated[Text, "APIFY_META_ORIGIN"] = None
    dedicated_cpus: Annotated[Number, "APIFY_DEDICATED_CPUS"] = None
    proxy_password: Annotated[Text, "APIFY_PROXY_PASSWORD"] = None
    proxy_hostname: Annotated[Text, "APIFY_PROXY_HOSTNAME"] = None
    proxy_port: Annotated[Whole, "APIFY_PROXY_PORT"] = None
    proxy_status_url: Annotated[Text, "APIFY_PROXY_STATUS_URL"] = None
    workflow_key: Annotated[Text, "APIFY_WORKFLOW_KEY"] = None
    input_secrets_private_key: Annotated[Text, "APIFY_INPUT_SECRETS_PRIVATE_KEY_FILE"] = None
    input_secrets_passphrase: Annotated[Text, "APIFY_INPUT_SECRETS_PRIVATE_KEY_PASSPHRASE"] = None
    actor_pricing_info: Annotated[Json, "APIFY_ACTOR_PRICING_INFO"] = None
    charged_event_counts: Annotated[Json, "APIFY_CHARGED_ACTOR_EVENT_COUNTS"] = None
    headless: Annotated[Flag, "APIFY_HEADLESS"] = None
    log_level: Annotated[Text, "APIFY_LOG_LEVEL"] = None
    actor_id: Annotated[Text, "ACTOR_ID"] = None
    full_name: Annotated[Text, "ACTOR_FULL_NAME"] = None
    run_id: Annotated[Text, "ACTOR_RUN_ID"] = None
    task_id: Annotated[Text, "ACTOR_TASK_ID"] = None
    build_id: Annotated[Text, "ACTOR_BUILD_ID"] = None
    build_number: Annotated[Text, "ACTOR_BUILD_NUMBER"] = None
    build_tags: Annotated[Names, "ACTOR_BUILD_TAGS"] = None
    default_dataset_id: Annotated[Text, "ACTOR_DEFAULT_DATASET_ID"] = None
    default_key_value_store_id: Annotated[Text, "ACTOR_DEFAULT_KEY_VALUE_STORE_ID"] = None
    default_request_queue_id: Annotated[Text, "ACTOR_DEFAULT_REQUEST_QUEUE_ID"] = None
    storages: Annotated[Json, "ACTOR_STORAGES_JSON"] = None
    input_key: Annotated[Text, "ACTOR_INPUT_KEY"] = None
    memory_mbytes: Annotated[Whole, "ACTOR_MEMORY_MBYTES"] = None
    started_at: Annotated[Moment, "ACTOR_STARTED_AT"] = None
    timeout_at: Annotated[Moment, "ACTOR_TIMEOUT_AT"] = None
    web_server_port: Annotated[Whole, "ACTOR_WEB_SERVER_PORT"] = None
    web_server_url: Annotated[Text, "ACTOR_WEB_SERVER_URL"] = None
    standby_url: Annotated[Text, "ACTOR_STANDBY_URL"] = None
    standby_port: Annotated[Whole, "ACTOR_STANDBY_PORT"] = None
    events_websocket_url: Annotated[Text, "ACTOR_EVENTS_WEBSOCKET_URL"] = None
    max_paid_dataset_items: Annotated[Whole, "ACTOR_MAX_PAID_DATASET_ITEMS"] = None
    max_total_charge_usd: Annotated[Number, "ACTOR_MAX_TOTAL_CHARGE_USD"] = None
    permission_level: Annotated[Text, "ACTOR_PERMISSION_LEVEL"] = None
    restart_on_error: Annotated[Flag, "ACTOR_RESTART_ON_ERROR"] = None
    mcp_connector_base_url: Annotated[Text, "ACTOR_MCP_CONNECTOR_BASE_URL"] = None
    local_storage_dir: Annotated[Text, "APIFY_LOCAL_STORAGE_DIR"] = None
    crawlee_storage_dir: Annotated[Text, "CRAWLEE_STORAGE_DIR"] = None
    crawlee_purge_on_start: Annotated[Flag, "CRAWLEE_PURGE_ON_START"] = None
    apify_input_key: Annotated[Text, "APIFY_INPUT_KEY"] = None
    crawlee_input_key: Annotated[Text, "CRAWLEE_INPUT_KEY"] = None
    custom: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def local(cls, storage_folder: str = "storage", user: User | None = None) -> Self:
        """What ``apify run`` sets: where storages lie and the input's key; with ``user`` also who is logged in.

        Neither an Actor, a run nor default storages have an id there.
        """
        return cls(
            local_storage_dir=storage_folder,
            crawlee_storage_dir=storage_folder,
            crawlee_purge_on_start=True,
            input_key="INPUT",
            apify_input_key="INPUT",
            crawlee_input_key="INPUT",
            user_id=user.id if user else None,
            token=user.token if user else None,
            proxy_password=user.proxy_password if user else None,
        )

    @classmethod
    def of_run(cls, run: Run, user: User, full_name: str) -> Self:
        """What the platform sets for ``run`` of ``user``. The caller adds where the container's ports are."""
        return cls(
            is_at_home=True,
            token=run.token,
            user_id=user.id,
            user_is_paying=True if user.paying else "",
            user_pricing_tier=user.plan,
            api_base_url=API_URL,
            api_public_base_url=API_URL,
            meta_origin=run.origin,
            dedicated_cpus=run.memory / 4096,
            proxy_password=user.proxy_password,
            proxy_hostname="proxy.apify.com",
            proxy_port=8000,
            proxy_status_url="http://proxy.apify.com",
            headless=True,
            actor_id=run.current_actor,
            full_name=full_name,
            run_id=run.id,
            task_id=run.task or "",
            build_id=run.current_build,
            build_number=run.build_number,
            build_tags=(run.build_tag,),
            **_storages(run),
            input_key=run.input_key,
            memory_mbytes=run.memory,
            started_at=_moment(run.started_at),
            timeout_at="" if run.timeout_at is None else _moment(run.timeout_at),
            web_server_port=4321,
            web_server_url=run.container_url,
            standby_port=4321,
            standby_url=f"https://{full_name.replace('/', '--')}.apify.actor",
            max_paid_dataset_items="" if run.max_items is None else run.max_items,
            max_total_charge_usd="" if run.max_charge_usd is None else run.max_charge_usd,
            permission_level=run.permission,
            restart_on_error=True if run.restart_on_error else None,
            actor_pricing_info=run.pricing,
            charged_event_counts=run.charges if run.pricing else None,
        )

    def changed(self, **values: Any) -> Self:
        """A copy with other values; ``None`` removes a variable, ``""`` empties it. ``TypeError`` for no such field."""
        return replace(self, **values)

    def variables(self) -> dict[str, str]:
        """The variables as text. What is ``None`` is missing."""
        values = {variable: getattr(self, name) for name, variable in _variables().items()}
        return {name: _text(value) for name, value in values.items() if value is not None} | dict(self.custom)

    def over(self, base: Mapping[str, str]) -> dict[str, str]:
        """``base`` without every variable of another run it may hold, and ours laid over the rest."""
        kept = {name: value for name, value in base.items() if not _of_a_run(name)}
        return kept | self.variables()


def _of_a_run(variable: str) -> bool:
    return variable.startswith(RUNTIME_PREFIXES) and not variable.startswith(OURS)


@cache
def _variables() -> dict[str, str]:
    """The variable of each field."""
    hints = get_type_hints(ActorEnvironment, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def _storages(run: Run) -> dict[str, Any]:
    return {
        "default_dataset_id": run.dataset,
        "default_key_value_store_id": run.store,
        "default_request_queue_id": run.queue,
        "storages": {
            "keyValueStores": {"default": run.store},
            "datasets": {"default": run.dataset},
            "requestQueues": {"default": run.queue},
        },
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, (float, Decimal)):
        return f"{value:g}"
    return ",".join(value) if isinstance(value, tuple) else str(value)
