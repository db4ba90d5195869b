"""Who gets into the simulated clusters and what for, decided by what the clouds hold: directory, tokens, and the API servers' webhooks."""
