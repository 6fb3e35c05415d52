"""The shape level: layer by layer, over DAGs alone, running the real replicas."""
