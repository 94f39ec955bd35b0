"""Hooks a launched Actor loads by environment alone: ``sitecustomize.py`` for Python, ``preload.cjs`` for Node.

The folder goes on ``PYTHONPATH``. Nothing in it may import the emulator: it runs in the Actor's interpreter.
"""
