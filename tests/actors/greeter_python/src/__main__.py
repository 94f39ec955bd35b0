"""Greets everybody in the input."""

from __future__ import annotations

import asyncio

from apify import Actor


async def main() -> None:
    """Push a greeting for each name, and sum up in OUTPUT."""
    async with Actor:
        given = await Actor.get_input()
        await Actor.set_status_message("Greeting")
        for name in given["names"]:
            await Actor.push_data({"text": f"{given['greeting']}, {name}!"})
        await Actor.set_value(
            "OUTPUT", {"greeted": len(given["names"]), "passwordLength": len(given.get("password", ""))}
        )
        await Actor.exit(status_message=f"Greeted {len(given['names'])}")


asyncio.run(main())
