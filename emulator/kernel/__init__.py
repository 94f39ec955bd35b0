"""The kernel: one call in, one reply out, over one world. It knows no vendor."""
