"""Everything that knows Slack, and the process itself."""
