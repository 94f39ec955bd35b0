"""What an Actor costs: events of a pay-per-event pricing, their prices, what a run was charged.

Source: ``pricingInfo`` of the vendor's OpenAPI document and the rules of Apify's own local runtime.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = ["ACTOR_START", "DATASET_ITEM", "events_of", "initial_charges", "is_pay_per_event", "total_usd"]

ACTOR_START = "apify-actor-start"
DATASET_ITEM = "apify-default-dataset-item"


def is_pay_per_event(pricing: Mapping[str, Any] | None) -> bool:
    """Whether the Actor is paid per event."""
    return bool(pricing) and pricing is not None and pricing.get("pricingModel") == "PAY_PER_EVENT"


def events_of(pricing: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The declared events by name; none without a pay-per-event pricing."""
    if pricing is None or not is_pay_per_event(pricing):
        return {}
    return dict(pricing.get("pricingPerEvent", {}).get("actorChargeEvents", {}))


def initial_charges(pricing: Mapping[str, Any] | None, memory: int) -> dict[str, int]:
    """The counts a run begins with: every declared event, the start already charged once a gigabyte."""
    counts = dict.fromkeys(events_of(pricing), 0)
    if ACTOR_START in counts:
        counts[ACTOR_START] = max(1, memory // 1024)
    return counts


def total_usd(pricing: Mapping[str, Any] | None, charges: Mapping[str, int], tier: str = "FREE") -> Decimal:
    """What the counted events cost together. Events without a price cost nothing."""
    events = events_of(pricing)
    return sum((_price(events[name], tier) * count for name, count in charges.items() if name in events), Decimal(0))


def _price(event: Mapping[str, Any], tier: str) -> Decimal:
    tiers = event.get("eventTieredPricingUsd")
    if tiers:
        entry = tiers.get(tier) or next(iter(tiers.values()))
        return Decimal(str(entry["tieredEventPriceUsd"]))
    return Decimal(str(event.get("eventPriceUsd", 0)))
