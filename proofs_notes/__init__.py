"""Why it holds: lemmas proved in Z3, each beside the note that explains it."""
