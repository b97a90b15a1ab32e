"""files.*: the external upload in three steps."""

import mimetypes
import re

from sandbox.slack import posting, present
from sandbox.slack.call import Call, invalid, method
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, File, Json

LARGEST = 1024**3
CONVERSATION = re.compile(r"[CGDZ][A-Z0-9]{8,}")


@method("files.getUploadURLExternal", "files:write", tier=4)
def files_get_upload_url_external(call: Call) -> Json:
    name = call.required("filename")
    length = call.number("length", 0, most=10**13)
    if length <= 0:
        raise invalid("must be greater than 0 [json-pointer:/length]")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    id = call.slack.new_id("F")
    call.slack.files[id] = File(
        id=id,
        name=name.replace("/", "_"),
        title=name,
        user=call.slack.bot.id,
        size=length,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        created=int(call.slack.clock()),
        alt_text=call.text("alt_txt"),
    )
    return {"upload_url": f"{call.slack.base_url}/files/upload/{id}", "file_id": id}


@method("files.completeUploadExternal", "files:write", tier=4)
def files_complete_upload_external(call: Call) -> Json:
    """Once for each file, after its bytes arrived; shares them in at most 100 channels."""
    given = call.json("files")
    if not isinstance(given, list) or not given:
        raise invalid("missing required field: files")
    files = [call.slack.files.get(str(entry.get("id"))) for entry in given]
    found = [file for file in files if file is not None and file.uploaded and not file.complete]
    if len(found) != len(given):
        raise SlackError("file_not_found")
    places = _places(call)
    words = {"text": call.text("initial_comment"), "blocks": call.arguments.get("blocks")}
    body = posting.content(words, needs_text=False)
    for file, entry in zip(found, given, strict=True):
        file.complete = True
        file.title = str(entry.get("title") or file.title)
        file.channels = [place.id for place in places]
    for place in places:
        thread = call.text("thread_ts") or None
        posting.post(call.world, place, body, thread_ts=thread, files=[file.id for file in found])
    call.slack.changed()
    return {"files": [present.file(call.slack, file) for file in found]}


def _places(call: Call) -> list[Channel]:
    """Conversations by their ids alone: no names, and nobody's own id for their direct message."""
    wanted = call.ids("channels") or call.ids("channel_id")
    if len(wanted) > 100:
        raise SlackError("invalid_channel")
    places = []
    for id in wanted:
        if not CONVERSATION.fullmatch(id):
            raise invalid(f"input must match regex pattern: ^{CONVERSATION.pattern}$ [json-pointer:/channel_id]")
        call.arguments["channel"] = id
        places.append(call.destination())
    return places


@method("files.info", "files:read", tier=4)
def files_info(call: Call) -> Json:
    file = call.slack.files.get(call.text("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    return {"file": present.file(call.slack, file), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write", tier=3)
def files_delete(call: Call) -> Json:
    file = call.slack.files.get(call.text("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.user != call.slack.bot.id:
        raise SlackError("cant_delete_file")
    del call.slack.files[file.id]
    call.slack.file_bytes.pop(file.id, None)
    call.slack.changed()
    return {}
