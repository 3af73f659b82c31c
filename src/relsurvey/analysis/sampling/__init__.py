"""Clusters, weights and designs: what a sample says of more than itself."""
