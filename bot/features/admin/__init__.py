"""`/slotadmin`: what booking needs to be set up, each area a modal that shows the present state.

Every change is checked by `core.booking.setup`, says what it did, and has a button that takes it back. Everything that
changes something is declared with `needs=Role.ADMIN` (or LEAD): that is the place where a second factor can be asked for.
"""
