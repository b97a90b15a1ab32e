"""The Web API methods, by area. Importing this package defines them."""

from sandbox.slack.methods import auth, chat, conversations, files, reactions, scheduled, users, views

__all__ = ["auth", "chat", "conversations", "files", "reactions", "scheduled", "users", "views"]
