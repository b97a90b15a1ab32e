"""How days are said: dates in figures, dates with months, relative days, weekdays; German and English."""

import re
from collections.abc import Callable
from datetime import date

from core.booking.spelling import NUMBER, ORDINAL
from core.booking.words.canvas import MARK, TITLE, Canvas, compiled
from core.booking.words.days import (
    FEASTS,
    LONG,
    SHORT,
    FoundDay,
    dated,
    day_of_month,
    days_ago,
    days_ahead,
    dotted,
    feast,
    named,
    of_week,
    relative,
    slashed,
    weekday,
    weekend,
)

_MONTHS = (
    r"jan(?:uar|uary|ner)?|feb(?:ruar|ruary)?|(?:mar|maer)(?:z|ch)|mrz|mar|apr(?:il)?|mai|may|jun[ie]?|jul[iy]?"
    r"|aug(?:ust)?|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[zc](?:ember)?"
)
_PART = r"(?:morgen|fruh|frueh|vormittag|mittag|nachmittag|abend)"
_LONG_DAY = r"(?:" + "|".join(LONG) + r")(?:s(?![a-z])|(?![a-z])|(?=" + _PART + r"))"
_ANY_DAY = r"(?:" + _LONG_DAY + r"|(?:" + "|".join(sorted(SHORT, key=len, reverse=True)) + r")\b\.?)"
_AFTER_SHORT = "|".join(rf"(?<=\b{word}-)" for word in SHORT)
_YEAR = r"(?:19|20|21)\d\d"
_NO_CLOCK = r"(?!\s*(?:uhr|h|am|pm|o'?clock)\b|:|\.\d)"
_FOLLOWS_SHORT = (
    r"(?=\.?\s*(?:$|[\0\d,;:()\n/-]|(?:um|at|ab|gegen|bei|beim|with|mit|bis|to|until|till|from|fruh\w*|frueh|morgens?|"
    r"vormittags?|mittags?|nachmittags?|abends?|morning|afternoon|evening|noon|midday|halb|viertel|dreiviertel|quarter"
    r"|half|in|ganztags|ganztagig|all|und|and|the|den|der|fur|fuer|for|next|nachste|"
    + TITLE
    + r"|"
    + NUMBER
    + r")(?!\w)))"
)

_NEXT = (
    r"(?:uebernachst|ubernachst|uebernaechst|nachst|naechst|kommend)(?:e[nrms]?)|(?:dies)(?:e[nrms]?)"
    r"|(?:letzt|vorig)(?:e[nrms]?)|next|coming|this|last"
)
_WEEK = (
    r"(?P<which>uebernachste[rn]?|ubernachste[rn]?|nachste[rn]?|naechste[rn]?|kommende[rn]?|next|diese[rn]?|this)"
    r"\s+(?:woche|week)"
)
_UNITS = r"(?P<unit>tage?n?|days?|wochen?|weeks?|monate?n?|months?)"
_BASE = r"(?:(?P<base>heute|today|morgen|tomorrow|ue?bermorgen|" + _ANY_DAY + r")\s+)?"

_Reader = Callable[[re.Match[str], date], FoundDay | None]
_RULES: list[tuple[str, _Reader]] = [
    (r"(?<![\w.+/-])(?P<y>" + _YEAR + r")[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?=t\d|\b(?![\d/-]))", dotted),
    (
        r"(?<![\w.:+/])(?P<d>\d{1,2})\s?\.\s?(?P<m>\d{1,2})\s?\.(?:\s?(?P<y>" + _YEAR + r")"
        r"(?!\d|:|\s*(?:uhr|h)\b)|(?P<y2>\d\d)(?![\d:]|\.\d|\s*(?:uhr|h)\b))?",
        lambda match, today: dated(match, int(match["d"]), int(match["m"]), match["y"] or match["y2"]),
    ),
    (
        r"(?<![\w.:+/-])(?<!um )(?<!ab )(?<!at )(?<!gegen )(?P<d>\d{1,2})\.(?P<m>\d{2})(?P<y>)?"
        r"(?![\d:]|\.\d|\s*(?:uhr|h|am|pm|-|bis)\b|\s*-)",
        lambda match, today: dated(match, int(match["d"]), int(match["m"]), None),
    ),
    (r"(?<![\w.:+/-])(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>" + _YEAR + r")(?![\d-])", dotted),
    (
        r"(?<![\w.:+/-])(?<!\d\d\d )(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>" + _YEAR + r"|\d\d))?(?![\d/:-])",
        slashed,
    ),
    (
        r"(?<![\w.:+/-])(?P<d>\d{1,2}|" + ORDINAL + r")\s?(?:\.|st|nd|rd|th)?\s*(?:of\s+)?(?P<m>" + _MONTHS + r")\b\.?"
        r"(?:,?\s*(?P<y>" + _YEAR + r")(?![\d:]|\s*(?:uhr|h)\b))?",
        named,
    ),
    (
        r"\b(?P<m>" + _MONTHS + r")\b\.?\s+(?:the\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?(?!\w)" + _NO_CLOCK + r""
        r"(?:,?\s*(?P<y>" + _YEAR + r")(?![\d:]|\s*(?:uhr|h)\b))?",
        named,
    ),
    (r"\b(?P<feast>" + "|".join(FEASTS) + r")\b", feast),
    (
        r"\b(?:am|on the|the|den|der|zum)\s+(?P<d>\d{1,2})(?:\.(?!\s?\d)|st\b|nd\b|rd\b|th\b)(?!\s*uhr)",
        day_of_month,
    ),
    (r"\b" + _BASE + r"in\s+(?P<n>an?\b|" + NUMBER + r")\s+" + _UNITS + r"\b", days_ahead),
    (
        r"\b(?P<n>an?\b|"
        + NUMBER
        + r")\s+"
        + _UNITS
        + r"\s+from\s+(?P<base>now|today|tomorrow|"
        + _ANY_DAY
        + r")(?!\w)",
        days_ahead,
    ),
    (
        r"\bvor\s+(?P<n>" + NUMBER + r")\s+(?P<unit>tagen?|wochen?)\b"
        r"|\b(?P<n2>" + NUMBER + r")\s+(?P<unit2>days?|weeks?)\s+ago\b",
        days_ago,
    ),
    (
        r"(?:\b(?P<before>" + _ANY_DAY + r")\s+(?:in\s+)?(?:der\s+)?)?\b" + _WEEK + r"\b"
        r"(?:\s*,?\s*(?:am\s+|on\s+)?(?P<after>" + _ANY_DAY + r")(?!\w))?",
        of_week,
    ),
    (
        r"\b(?P<pre>(?:" + _LONG_DAY + r"|heute|gestern|guten|am|der|dem|jeden|today)\s*)?\b"
        r"(?P<word>vorgestern|gestern|yesterday|ue?bermorgen|(?:the\s+)?day after tomorrow|overmorrow|morgen"
        r"|tomm?orr?ow|tmrw|tmr|tmw|heut|heute|today|tonight)\b",
        relative,
    ),
    (r"\b(?:(?P<which>" + _NEXT + r")\s+)?(?P<w>" + "|".join(LONG) + r")(?:s\b|\b|(?=" + _PART + r"))", weekday),
    (r"\b(?:am\s+|this\s+|on the\s+)?(?:wochenende|weekend)\b", weekend),
]


_SHORT_DAY = rf"(?:(?<![\w'@-])|{_AFTER_SHORT})(?:(?P<which>{_NEXT})\s+)?(?P<w>{'|'.join(SHORT)})(?![\w'])"
_BESIDE_NAMES: tuple[str, _Reader] = (r"(?!fr\.?\s+(?:dr|prof)\b)" + _SHORT_DAY + _FOLLOWS_SHORT + r"\.?", weekday)
_ALONE: tuple[str, _Reader] = (_SHORT_DAY + r"\.?", weekday)


_TIED = re.compile(r"(?:^|(?<![^\W_]))(am|on|den|the|vom)\s+$")


def take_days(canvas: Canvas, today: date, *, beside_names: bool = True) -> list[FoundDay]:
    """Every day that the text names, the plainest way of saying it first; they are marked as understood.

    `beside_names` keeps two- and three-letter weekdays from names and everyday words ("Fr. Weber", "Mo Salah", "so").
    """
    found: list[FoundDay] = []
    for pattern, reader in [*_RULES, _BESIDE_NAMES if beside_names else _ALONE]:
        for match in list(canvas.matches(compiled(pattern))):
            day = reader(match, today)
            if day is not None and MARK not in canvas.folded[day.start : day.end]:
                tied = _TIED.search(canvas.folded, max(0, day.start - 8), day.start)
                canvas.take(tied.start(1) if tied else day.start, day.end)
                found.append(day)
    return found
