"""How do people and programs take the figures away? The same tables as CSV, XLSX and JSON."""
