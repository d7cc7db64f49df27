"""What a reviewer needs to know beside the change, and no more: chosen by the change, ranked, within a budget."""
