"""One client a file: each opens with what it knows of the limits and answers ``call(prompt, tokens)``."""
