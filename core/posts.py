"""Our messages that stand in Slack, each under its key: said once, then edited."""

from sqlmodel import col, delete

from core.transaction import Transaction, View
from storage.tables import Post
from storage.tables.base import insert_into


def find_post(view: View, key: str) -> Post | None:
    """The message with that key, if it was posted."""
    return view.session.get(Post, (view.workspace_id, key))


def remember_post(tx: Transaction, key: str, channel: str, ts: str, digest: str) -> None:
    """Keep where the message stands and what it says; two who remember the same one at once are no error."""
    values = {
        "workspace_id": tx.workspace_id,
        "key": key,
        "channel": channel,
        "ts": ts,
        "digest": digest,
        "posted_at": tx.now,
    }
    insert = insert_into(tx.dialect, Post)
    changed = {name: insert.excluded[name] for name in ("channel", "ts", "digest", "posted_at")}
    upsert = insert.on_conflict_do_update(index_elements=["workspace_id", "key"], set_=changed)
    tx.session.connection().execute(upsert, values)


def forget_post(tx: Transaction, key: str) -> None:
    """It was deleted in Slack."""
    tx.session.connection().execute(delete(Post).where(col(Post.workspace_id) == tx.workspace_id, col(Post.key) == key))
