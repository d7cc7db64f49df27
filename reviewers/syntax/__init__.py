"""Source text goes in, its syntax tree comes out: grammars for the languages that reviews know, nothing is downloaded."""
