"""Put one comment on a pull request, found again by marker and author. Needs Python alone: the job that may write runs nothing else."""
