"""A dispute as the leads see it: both claims, a button for each, and afterwards who decided what."""

from typing import Any

from bot.answers import Answer, Message, Reply
from bot.blocks import actions, button, context, fields, mention, section
from bot.call import Call
from bot.features.outcomes.lines import CHOICES, name, outcome_words, said_by, was_said, what
from bot.language import Translator
from bot.notify import member
from bot.registry import action, message
from core.booking.outcomes.disputes import get_dispute, settle
from core.booking.outcomes.overview import Ending, ending
from core.errors import AlreadyDone
from core.transaction import View
from storage.tables import Dispute, Outcome, Role, Settling, Source


@message("outcome_disputed")
def disputed(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To a lead: two say different things. Settled before it was told, it is not told at all."""
    dispute = get_dispute(view, facts["subject"])
    is_open = dispute.state == Settling.OPEN
    if not view.actor_is(Role.LEAD):
        return None
    if not is_open and not was_said(view, "outcome_disputed", facts["subject"], facts["place"]):
        return None
    about = ending(view, dispute.appointment_id)
    title = t("Two different answers for {day}", day=t.day(about.starts_at))
    claimant = said_by(Source.COLOUR if dispute.claimed_by is None else None, _slack_id(view, dispute.claimed_by), t)
    recorded = outcome_words(dispute.recorded, t)
    if is_open:
        recorded += f"\n{said_by(about.source, about.said_by, t)}"
    blocks = [
        section(f"*⚖️ {title}*\n{what(about, t, consultant=True)}"),
        fields(
            [f"*{t('Recorded')}*\n{recorded}", f"*{t('Claimed')}*\n{outcome_words(dispute.claimed, t)}\n{claimant}"]
        ),
    ]
    if is_open:
        blocks.append(
            actions(
                [
                    *(
                        button(t(CHOICES[Outcome(outcome)]), f"dispute.settle:{outcome}", dispute.id)
                        for outcome in (dispute.recorded, dispute.claimed)
                    ),
                    button(t("Something else"), "outcome.open", dispute.appointment_id),
                ],
                block_id=f"dispute:{dispute.id}",
            )
        )
    else:
        blocks.append(context(_decided(view, dispute, about, t)))
    words = t(
        "{consultant}, {customer}: recorded is “{recorded}”, claimed is “{claimed}”.",
        consultant=name(about.consultant),
        customer=name(about.customer),
        recorded=t(CHOICES[Outcome(dispute.recorded)]),
        claimed=t(CHOICES[Outcome(dispute.claimed)]),
    )
    return Message(f"{title}. {words}", blocks)


@message("dispute_decided")
def decided(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To whoever claimed it: what became of the claim."""
    dispute = get_dispute(view, facts["subject"])
    about = ending(view, dispute.appointment_id)
    when = t("{what}, {day}", what=what(about, t, consultant=True), day=t.day(about.starts_at, short=True))
    words = _decided(view, dispute, about, t)
    plain = t("The dispute about {when} is decided.", when=t.moment(about.starts_at))
    return Message(plain, [section(f"⚖️ {when}\n{words}")])


@action("dispute.settle:*", needs=Role.LEAD)
def decide(call: Call) -> Answer | None:
    """A lead decides; every message about it is edited."""
    try:
        with call.transaction() as tx:
            settle(tx, call.value, Outcome(call.suffix))
    except AlreadyDone:
        return Reply(Message(call.t("Somebody has decided this already.")))
    return None


def _decided(view: View, dispute: Dispute, about: Ending, t: Translator) -> str:
    stands = outcome_words(about.outcome or dispute.recorded, t)
    if dispute.settled_by is None:
        return t("The colour was put back: {outcome}", outcome=stands)
    if dispute.settled_by == dispute.claimed_by:
        return t("The claim was taken back: {outcome}", outcome=stands)
    return t("Decided by {who}: {outcome}", who=mention(_slack_id(view, dispute.settled_by) or ""), outcome=stands)


def _slack_id(view: View, member_id: str | None) -> str | None:
    found = member(view, member_id)
    return found.slack_id if found else None
