"""Which workstations may count for a school? Codes, the sheet they are printed on, and a person's yes or no."""
