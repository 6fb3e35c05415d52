"""Pictures of a run: the DAG, the lanes of its replicas, and a page to step through it."""
