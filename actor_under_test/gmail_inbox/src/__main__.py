"""Entry point of ``python -m src``, which is what the Docker image and ``apify run`` start."""

import asyncio

from .main import main

asyncio.run(main())
