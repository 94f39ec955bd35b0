"""What Scalekit hears of a provider's reply.

A broken connection is described in a reply and enacted by a door. Between services there is no door: it is read here.
"""

from __future__ import annotations

from ...kernel.http import Headers, Reply

__all__ = ["heard"]


def heard(reply: Reply) -> Reply:
    """``reply`` as it arrives: 502 for one that was reset or cut short, 504 for one that never comes.

    Delays cost no time between services.
    """
    disruption = reply.disruption
    if disruption is not None and disruption.stall:
        return Reply.text("the provider did not answer in time", 504)
    if disruption is not None and (disruption.reset or disruption.truncate is not None):
        return Reply.text("the provider broke the connection", 502)
    return reply.replacing(disruption=None, trailers=Headers())
