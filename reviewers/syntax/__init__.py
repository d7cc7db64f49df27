"""Source text goes in, its syntax tree comes out, with grammars that are installed: nothing is downloaded."""
