"""Says whose mailbox it was let into."""

import asyncio

from apify import Actor
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build


async def main() -> None:
    """Read the profile with a refresh token."""
    async with Actor:
        given = await Actor.get_input()
        credentials = Credentials(
            None,
            refresh_token=given["refreshToken"],
            client_id=given["clientId"],
            client_secret=given["clientSecret"],
            token_uri="https://oauth2.googleapis.com/token",
        )
        with build("gmail", "v1", credentials=credentials) as gmail:
            profile = gmail.users().getProfile(userId="me").execute()
        await Actor.push_data({"address": profile["emailAddress"]})


asyncio.run(main())
