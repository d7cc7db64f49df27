"""What is written about Quartet, and the programs that write and check it."""
