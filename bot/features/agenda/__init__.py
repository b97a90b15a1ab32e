"""What somebody booked: the list, and moving, cancelling and taking back."""
