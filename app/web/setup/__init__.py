"""The pages that register the App with GitHub: its manifest in, what to put into the environment out."""
