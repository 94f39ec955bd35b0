"""Random work on a mailbox beside a naive one in memory: after every step both must say the same."""

from __future__ import annotations

import os

from fixtures.machines import MailboxMachine, run_machine

SEQUENCES = int(os.environ.get("ACTOR_EMULATOR_SEQUENCES", "25"))
"""How many sequences of calls a run tries; thousands take an hour."""


def test_a_mailbox_does_what_a_naive_one_does(site):
    run_machine(MailboxMachine, site.app, max_examples=SEQUENCES, steps=25)
