"""Rules: what the clouds and Kubernetes would refuse, or what cannot work, one rule a file."""
