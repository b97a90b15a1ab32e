"""The engine: booking and, later, the game. It knows no Slack and no Google."""
