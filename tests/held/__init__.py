"""The whole product under stress: crowds, repeated payloads, outages, kills, clocks, and a database that cannot be had.

`SLOTQUEST_STRESS=n` repeats the heavy parts n times as long.
"""
