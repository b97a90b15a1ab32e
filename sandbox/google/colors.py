"""The fixed palette of colors.get, and its names."""

from typing import Any

EVENT_COLORS = {
    "1": ("Lavender", "#a4bdfc"), "2": ("Sage", "#7ae7bf"), "3": ("Grape", "#dbadff"), "4": ("Flamingo", "#ff887c"),
    "5": ("Banana", "#fbd75b"), "6": ("Tangerine", "#ffb878"), "7": ("Peacock", "#46d6db"),
    "8": ("Graphite", "#e1e1e1"), "9": ("Blueberry", "#5484ed"), "10": ("Basil", "#51b749"), "11": ("Tomato", "#dc2127"),
}  # fmt: skip


def palette() -> dict[str, Any]:
    event = {key: {"background": value, "foreground": "#1d1d1d"} for key, (_, value) in EVENT_COLORS.items()}
    return {
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": {str(n): {"background": "#9fc6e7", "foreground": "#1d1d1d"} for n in range(1, 25)},
        "event": event,
    }
