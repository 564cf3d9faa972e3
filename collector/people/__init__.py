"""Who is this person, what may they do, and where? Accounts, sessions, links, invitations."""
