"""Booking a customer: the modal, its confirmation, undo, and the two shortcuts."""
