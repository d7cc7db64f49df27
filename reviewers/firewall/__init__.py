"""Between a change and the models: what they are shown is cleaned, and what they answer is checked."""
