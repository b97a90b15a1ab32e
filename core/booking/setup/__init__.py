"""Setting a workspace up: people, consultants, weeks, time off, rules; and taking such a change back."""
