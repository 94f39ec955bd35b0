"""What the Google rooms share: surface facts, parameters, partial responses and the error envelope."""
