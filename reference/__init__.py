"""How it is done: the protocol as pure state machines over immutable states."""
