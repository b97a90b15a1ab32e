"""The catalogues of translated texts, and the tool that keeps them complete: `python -m bot.locale`.

English stands in the code, so there is no template and no English catalogue. One catalogue a feature keeps diffs small.
"""
