"""What analytics tell, with what only the product knows."""
