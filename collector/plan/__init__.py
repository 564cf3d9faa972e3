"""Who has to act on what, whom to write to, and was it fixed? The action plan of a territory."""
