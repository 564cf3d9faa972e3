"""How fast is Préau, beside what a plain program and the disk can do? `make bench` prints one table."""
