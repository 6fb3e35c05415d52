"""TEE-Rider: asynchronous Byzantine atomic broadcast with 2f+1 replicas, as a checked reference."""

__version__ = "0.1.0"
