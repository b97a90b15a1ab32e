"""A local stand-in for Slack that is strict where Slack is strict."""
