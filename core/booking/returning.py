"""Known customers, recognised by the phone number or the e-mail address that was said."""

from sqlalchemy import bindparam, select

from core.booking.contacts import name_key
from core.booking.customers import Contact, Known, get_customer, identity
from core.transaction import View
from storage.tables import Customer
from storage.tables.base import table_of

_CUSTOMERS = table_of(Customer)
_WHO = select(_CUSTOMERS.c.id).where(
    _CUSTOMERS.c.workspace_id == bindparam("workspace"), _CUSTOMERS.c.identity == bindparam("identity")
)


def recognised(view: View, phone: str | None, email: str | None) -> Known | None:
    """The customer with this phone number (E.164) or, where none was said, with this e-mail address."""
    if not phone and not email:
        return None
    found = view.rows(_WHO, workspace=view.workspace_id, identity=identity(view, Contact("", phone, email)))
    return get_customer(view, found[0].id) if found else None


def is_name_of(said: str, known: str) -> bool:
    """Whether what was said may be the known name: "Frau Weber" is Anna Weber, and nothing said is anybody."""
    return set(name_key(said).split()) <= set(name_key(known).split())
