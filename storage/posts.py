"""Our messages that stand in Slack, each under its key: said once, then edited."""

from sqlmodel import Session, col, delete

from storage.tables import Post
from storage.tables.base import insert_into


def find_post(session: Session, workspace_id: str, key: str) -> Post | None:
    """The message with that key, if it was posted."""
    return session.get(Post, (workspace_id, key))


def remember_post(session: Session, post: Post) -> None:
    """Keep where the message stands and what it says; two who remember the same one at once are no error."""
    values = post.model_dump()
    insert = insert_into(session.get_bind().dialect.name, Post)
    changed = {name: insert.excluded[name] for name in values if name not in ("workspace_id", "key")}
    upsert = insert.on_conflict_do_update(index_elements=["workspace_id", "key"], set_=changed)
    session.connection().execute(upsert, values)


def forget_post(session: Session, post: Post) -> None:
    """It was deleted in Slack."""
    session.execute(delete(Post).where(col(Post.workspace_id) == post.workspace_id, col(Post.key) == post.key))
