"""Ways in: the gate on loopback, the environment and hooks that lead a client to it, and the in-process doors."""
