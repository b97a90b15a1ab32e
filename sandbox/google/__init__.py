"""A local Google Calendar v3: the subset the bot uses, refusing what Google refuses."""
