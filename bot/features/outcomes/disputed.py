"""A dispute: the leads decide it, the one who is contradicted may agree, and everyone who spoke hears the end of it."""

from typing import Any

from bot.answers import Answer, Message, Reply
from bot.blocks import Block, actions, button, context, fields, mention, section
from bot.call import Call
from bot.features.outcomes.lines import CHOICES, name, outcome_words, said_by, was_said, what
from bot.language import Translator
from bot.notify import member
from bot.registry import action, message
from core.booking.outcomes.disputes import concede, get_dispute, recorder, settle
from core.booking.outcomes.overview import Ending, ending
from core.errors import AlreadyDone
from core.model import Dispute, Outcome, Role, Settling, Source
from core.transaction import View


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
    blocks = [
        section(f"*⚖️ {title}*\n{what(about, t, consultant=True)}"),
        _sides(view, dispute, t),
    ]
    if is_open:
        choices = [
            button(t(CHOICES[Outcome(outcome)]), f"dispute.settle:{outcome}", dispute.id)
            for outcome in (dispute.recorded, dispute.claimed)
        ]
        choices.append(button(t("Something else"), "outcome.open", dispute.appointment_id))
        blocks += [
            section(t("What is right? Your answer decides.")),
            actions(choices, block_id=f"dispute:{dispute.id}"),
        ]
    else:
        blocks.append(context(_decided(view, dispute, about, t, facts)))
    words = t(
        "{consultant}, {customer}: “{recorded}” is recorded, “{claimed}” stands against it.",
        consultant=name(about.consultant),
        customer=name(about.customer),
        recorded=t(CHOICES[Outcome(dispute.recorded)]),
        claimed=t(CHOICES[Outcome(dispute.claimed)]),
    )
    return Message(f"{title}. {words}", blocks)


@message("outcome_contested")
def contested(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the one whose answer is recorded: somebody says otherwise. Agreeing spares the leads the decision."""
    dispute = get_dispute(view, facts["subject"])
    is_open = dispute.state == Settling.OPEN
    if not is_open and not was_said(view, "outcome_contested", facts["subject"], facts["place"]):
        return None
    about = ending(view, dispute.appointment_id)
    title = t("Somebody contradicts your answer for {day}", day=t.day(about.starts_at))
    blocks: list[Block] = [
        section(f"*⚖️ {title}*\n{what(about, t, consultant=True)}"),
        _sides(view, dispute, t),
    ]
    if is_open:
        yes = t("I agree: {outcome}", outcome=t(CHOICES[Outcome(dispute.claimed)]))
        blocks += [
            actions([button(yes, "dispute.agree", dispute.id)], block_id=f"agree:{dispute.id}"),
            context(t("Otherwise a lead decides.")),
        ]
    else:
        blocks.append(context(_decided(view, dispute, about, t, facts)))
    words = t("{customer}: {outcome}.", customer=name(about.customer), outcome=t(CHOICES[Outcome(dispute.claimed)]))
    return Message(f"{title}. {words}", blocks)


@message("dispute_decided")
def decided(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To everyone who said something about it: what was decided."""
    dispute = get_dispute(view, facts["subject"])
    about = ending(view, dispute.appointment_id)
    words = _decided(view, dispute, about, t, facts)
    plain = t("The dispute about {when} is decided.", when=t.moment(about.starts_at))
    return Message(plain, [section(f"⚖️ {_when(about, t)}\n{words}")])


@message("outcome_corrected")
def corrected(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To everyone who said something about it: somebody has changed the recorded answer."""
    about = ending(view, facts["appointment"])
    words = t(
        "{who} has corrected the outcome: {before} → {after}",
        who=said_by(None, facts["by"], t),
        before=outcome_words(facts["before"], t),
        after=outcome_words(facts["after"], t),
    )
    plain = t("The outcome of {when} has been corrected.", when=t.moment(about.starts_at))
    return Message(plain, [section(f"✏️ {_when(about, t)}\n{words}")])


@action("dispute.settle:*", needs=Role.LEAD)
def decide(call: Call) -> Answer | None:
    """A lead decides; every message about it is edited."""
    try:
        with call.transaction() as tx:
            settle(tx, call.value, Outcome(call.suffix))
    except AlreadyDone:
        return Reply(Message(call.t("Somebody has decided this already.")))
    return None


@action("dispute.agree")
def agree(call: Call) -> Answer | None:
    """The one who is contradicted agrees; every message about it is edited."""
    try:
        with call.transaction() as tx:
            concede(tx, call.value)
    except AlreadyDone:
        return Reply(Message(call.t("Somebody has decided this already.")))
    return None


def _sides(view: View, dispute: Dispute, t: Translator) -> Block:
    """What is recorded and what is claimed, with who says so."""
    source, author = recorder(view, dispute)
    recorded = f"{outcome_words(dispute.recorded, t)}\n{said_by(source, _slack_id(view, author), t)}"
    claimant = said_by(Source.COLOUR, _slack_id(view, dispute.claimed_by), t)
    return fields(
        [
            f"*{t('Recorded')}*\n{recorded}",
            f"*{t('Against it')}*\n{outcome_words(dispute.claimed, t)}\n{claimant}",
        ]
    )


def _decided(view: View, dispute: Dispute, about: Ending, t: Translator, facts: dict[str, Any]) -> str:
    """What was decided then; a later correction is a message of its own."""
    stands = outcome_words(facts.get("outcome") or about.outcome or dispute.recorded, t)
    if dispute.settled_by is None:
        return t("The colour was put back: {outcome}", outcome=stands)
    if dispute.settled_by == dispute.claimed_by:
        return t("The claim was taken back: {outcome}", outcome=stands)
    who = mention(_slack_id(view, dispute.settled_by) or "")
    if dispute.settled_by == recorder(view, dispute)[1]:
        return t("{who} agrees: {outcome}", who=who, outcome=stands)
    return t("Decided by {who}: {outcome}", who=who, outcome=stands)


def _when(about: Ending, t: Translator) -> str:
    return t("{what}, {day}", what=what(about, t, consultant=True), day=t.day(about.starts_at, short=True))


def _slack_id(view: View, member_id: str | None) -> str | None:
    found = member(view, member_id)
    return found.slack_id if found else None
