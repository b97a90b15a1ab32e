"""One module or package per feature: its command, its modals, its buttons, its messages. Found and entered by `bot.registry`."""
