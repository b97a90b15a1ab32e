"""Customers: who is who, finding them again, and what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, intersect
from sqlmodel import col, select

from core.booking.contacts import check_email, clean_name, format_phone, name_key, normalise_phone
from core.errors import Invalid
from core.transaction import Transaction, View
from storage.crypto import keyed_hash
from storage.tables import Appointment, Customer, CustomerWord, Outcome, State
from storage.tables.base import insert_into, table_of

LONGEST_NAME = 120
LONGEST_EMAIL = 254
MOST_COMPARED = 500  # customers who fit what was typed, of whom the latest are shown
RECENT = 20  # appointments that a customer's history looks at
PRIOR_SHOWS, PRIOR_VISITS = 8.0, 10.0  # a new customer counts as one who came to 8 of 10 appointments


@dataclass(frozen=True)
class Contact:
    """A customer's checked data: a name, and perhaps a phone number (E.164) and an e-mail address."""

    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Known:
    """A customer as shown to those who may see one."""

    id: str
    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class History:
    """A customer's recent appointments in numbers. `risk` (low, medium, high) is of not showing up."""

    appointments: int
    completed: int
    no_shows: int
    cancelled: int
    last_at: datetime | None
    next_at: datetime | None
    risk: str


def check_contact(name: str, phone: str, email: str) -> Contact:
    """Typed input as a contact. Raises Invalid with the first field at fault."""
    contact, faults = _read_contact(name, phone, email)
    if faults:
        raise faults[0]
    return contact


def contact_faults(name: str, phone: str, email: str) -> list[Invalid]:
    """What is wrong with typed input, one fault a field, so that all can be said at once."""
    return _read_contact(name, phone, email)[1]


def _read_contact(name: str, phone: str, email: str) -> tuple[Contact, list[Invalid]]:
    faults = []
    clean = clean_name(name)
    if not clean:
        faults.append(Invalid("name", "empty"))
    elif len(clean) > LONGEST_NAME:
        faults.append(Invalid("name", "too_long", {"limit": LONGEST_NAME, "length": len(clean)}))
    number = normalise_phone(phone) if phone.strip() else None
    if phone.strip() and number is None:
        faults.append(Invalid("phone", "not_a_phone"))
    address = check_email(email) if email.strip() else None
    if email.strip() and (address is None or len(address) > LONGEST_EMAIL):
        faults.append(Invalid("email", "not_an_email"))
    return Contact(clean, number, address), faults


def identity(view: View, contact: Contact) -> str:
    """What makes two bookings one customer's: the phone, else the e-mail, else the name; as a keyed hash."""
    if contact.phone:
        return keyed_hash(view.index_key, f"phone:{contact.phone}")
    if contact.email:
        return keyed_hash(view.index_key, f"email:{contact.email.casefold()}")
    return keyed_hash(view.index_key, f"name:{name_key(contact.name)}")


def words_of(name: str) -> list[str]:
    """The words under which a name is found, each once and at most 80 letters."""
    return list(dict.fromkeys(word[:80] for word in name_key(name).split()))[:12]


def search_words(view: View, name: str, email: str | None) -> list[str]:
    """All that a customer is found by, besides the phone number."""
    return words_of(name) + ([_email_word(view, email)] if email else [])


def _email_word(view: View, email: str) -> str:
    """An e-mail address among a customer's words: only who knows all of it finds it, and the table does not tell it."""
    return "@" + keyed_hash(view.index_key, f"email:{email.casefold()}")


def remember(tx: Transaction, contact: Contact) -> str:
    """The id of this customer, new or known; a known one takes the newer spelling and what was not known yet."""
    who = identity(tx, contact)
    dialect = tx.dialect
    values = {
        "id": tx.new_id(),
        "workspace_id": tx.workspace_id,
        "identity": who,
        "name": contact.name,
        "name_key": name_key(contact.name),
        "phone": tx.seal(contact.phone, f"customer.phone:{who}"),
        "email": tx.seal(contact.email, f"customer.email:{who}"),
        "created_at": tx.now,
        "changed_at": tx.now,
    }
    connection = tx.session.connection()
    upsert = _upsert(dialect, contact.email is not None)
    customer_id: str = connection.execute(upsert, values).scalar_one()
    found_by = search_words(tx, contact.name, contact.email)
    words = [{"workspace_id": tx.workspace_id, "word": word, "customer_id": customer_id} for word in found_by]
    if words:
        connection.execute(_new_words(dialect), words)
    return customer_id


@cache
def _upsert(dialect: str, with_email: bool) -> Executable:
    statement = insert_into(dialect, Customer)
    taken_over = ("name", "name_key", "changed_at", *(("email",) if with_email else ()))
    changed = {name: statement.excluded[name] for name in taken_over}
    upsert = statement.on_conflict_do_update(index_elements=["workspace_id", "identity"], set_=changed)
    return upsert.returning(table_of(Customer).c.id)


@cache
def _new_words(dialect: str) -> Executable:
    return insert_into(dialect, CustomerWord).on_conflict_do_nothing()


def reveal(view: View, customer: Customer) -> Known:
    """The customer with phone and e-mail in clear, the phone as people write it."""
    phone = view.open(customer.phone, f"customer.phone:{customer.identity}")
    email = view.open(customer.email, f"customer.email:{customer.identity}")
    return Known(customer.id, customer.name, format_phone(phone) if phone else None, email or None)


def get_customer(view: View, customer_id: str) -> Known | None:
    """The customer of this workspace with that id."""
    customer = view.session.get(Customer, customer_id)
    return reveal(view, customer) if customer and customer.workspace_id == view.workspace_id else None


def find_customers(view: View, words: str, limit: int = 20) -> list[Known]:
    """Customers whose phone number or e-mail this is, or whose name has words that begin so; by name."""
    phone, email = normalise_phone(words), check_email(words)
    statement = select(Customer).where(Customer.workspace_id == view.workspace_id)
    if phone:
        statement = statement.where(Customer.identity == identity(view, Contact("", phone, None)))
    else:
        prefixes = [_email_word(view, email)] if email else words_of(words)
        if not prefixes:
            return []
        word = CustomerWord
        beginnings = (
            select(word.customer_id).where(
                word.workspace_id == view.workspace_id, word.word >= prefix, word.word < prefix + "\U0010ffff"
            )
            for prefix in prefixes
        )
        # Whoever has all of the words, before any are left out; a join would be left to statistics, which may be old.
        statement = statement.where(col(Customer.id).in_(intersect(*beginnings).limit(MOST_COMPARED)))
    found = view.session.exec(statement.order_by(col(Customer.changed_at).desc()).limit(limit)).all()
    return sorted((reveal(view, customer) for customer in found), key=lambda known: known.name.casefold())


def history_of(view: View, customer_id: str) -> History:
    """What is known of the customer from the latest appointments."""
    statement = (
        select(Appointment.starts_at, Appointment.state, Appointment.outcome)
        .where(
            Appointment.workspace_id == view.workspace_id,
            Appointment.customer_id == customer_id,
            Appointment.state != State.UNDONE,
        )
        .order_by(col(Appointment.starts_at).desc())
        .limit(RECENT)
    )
    return history_from(view.session.exec(statement).all(), view.now)


def history_from(rows: Sequence[tuple[datetime, str, str | None]], now: datetime) -> History:
    """The history of (start, state, outcome) rows, newest first."""
    completed = sum(outcome == Outcome.COMPLETED for _, _, outcome in rows)
    no_shows = sum(outcome == Outcome.NO_SHOW for _, _, outcome in rows)
    coming = [at for at, state, _ in rows if at > now and state == State.BOOKED]
    past = [at for at, state, _ in rows if at <= now and state == State.BOOKED]
    show_rate = (completed + PRIOR_SHOWS) / (completed + no_shows + PRIOR_VISITS)
    return History(
        appointments=len(rows),
        completed=completed,
        no_shows=no_shows,
        cancelled=sum(state == State.CANCELLED for _, state, _ in rows),
        last_at=max(past, default=None),
        next_at=min(coming, default=None),
        risk="low" if show_rate >= 0.75 else "medium" if show_rate >= 0.6 else "high",
    )
