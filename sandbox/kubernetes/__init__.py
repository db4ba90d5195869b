"""The Kubernetes side of the sandbox: real API servers behind the clusters, who may enter them, and the provider that fills them."""
