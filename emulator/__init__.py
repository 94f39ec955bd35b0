"""The outside world of an Apify Actor that acts for a signed-in user: offline, stateful, on the real wire."""
