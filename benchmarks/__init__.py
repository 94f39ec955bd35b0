"""Benchmarks: ratios against something run beside it, in one run. Not tests; machines differ, ratios differ less."""
