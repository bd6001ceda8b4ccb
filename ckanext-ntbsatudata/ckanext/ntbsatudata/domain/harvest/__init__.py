"""What other catalogues send, read safely and matched with what we have of them."""
