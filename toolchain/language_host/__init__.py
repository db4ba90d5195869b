"""The language host for Python programs, for machines without the official one: what the engine starts and talks to by gRPC."""
