"""The Google calendars: their mirror here, what is written to them, and what people change in them."""
