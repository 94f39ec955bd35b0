"""Settings of a mailbox: what the ``settings`` methods keep, and what it does to mail.

``store``        one row for each resource
``access``       who may change what
``preferences``  vacation, IMAP, POP, language
``filters``      filters, and which of them concern a message
``forwarding``   forwarding addresses and automatic forwarding
``send_as``      addresses to send from
``smime``        their certificates
``delegates``    who may read along
``cse``          client-side encryption: key pairs and identities
``arrival``      what filters, forwarding and vacation do to mail that comes in
"""

from __future__ import annotations

__all__: list[str] = []
