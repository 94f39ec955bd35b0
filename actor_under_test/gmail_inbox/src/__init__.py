"""An Apify Actor that reads the threads of a Gmail mailbox into a dataset."""
