"""The sandbox's shell: a shadow project, its environment, and the operations a user runs in it."""
