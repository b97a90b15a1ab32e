"""Schema revisions. One that has landed is never edited: the next one changes it."""
