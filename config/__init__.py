"""What to watch and by what standard: data files, and the schema that loads and validates them."""
