"""The simulated world: replicas, hosts, network, faults, and the runs played in it."""
