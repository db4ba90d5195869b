"""A real control plane behind every simulated EKS and GKE cluster: API server, controllers, scheduler and played nodes, over one etcd."""
