"""How appointments ended: recorded by people, read from colours, asked for, disputed, corrected.

The first word decides. A later one that differs is a correction when a lead or its own author says it, else a dispute.
"""
