"""What is sealed opens only at its place and only with a known key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import SealBroken, Sealer, keyed_hash, new_key, parse_keys


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_at_its_place(text: str, place: str) -> None:
    sealer = Sealer(parse_keys(new_key()))
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    try:
        place.encode()
    except UnicodeEncodeError:
        return
    sealed = sealer.seal(text, place)
    assert sealer.open(sealed, place) == text
    assert len(text) < 4 or text not in sealed
    with pytest.raises(SealBroken):
        sealer.open(sealed, place + "x")


def test_an_old_key_still_opens_and_the_newest_seals() -> None:
    old, new = new_key(), new_key()
    sealed = Sealer(parse_keys(old)).seal("0171", "T1:phone")
    both = Sealer(parse_keys(f"{new}, {old}"))
    assert both.open(sealed, "T1:phone") == "0171"
    with pytest.raises(SealBroken):
        Sealer(parse_keys(old)).open(both.seal("0171", "T1:phone"), "T1:phone")


@pytest.mark.parametrize("sealed", ["", "x", "12345678.", "12345678.!!!", "nokey.AAAA"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBroken):
        Sealer(parse_keys(new_key())).open(sealed, "T1:phone")


def test_a_changed_letter_does_not_open() -> None:
    sealer = Sealer(parse_keys(new_key()))
    key_id, _, body = sealer.seal("0171 2345678", "T1:phone").partition(".")
    changed = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
    with pytest.raises(SealBroken):
        sealer.open(f"{key_id}.{changed}", "T1:phone")


@pytest.mark.parametrize("text", ["", "   ", "short", "not base64 !", "A" * 40])
def test_a_wrong_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_keys(text)


def test_equal_texts_hash_equally_under_one_key_only() -> None:
    assert keyed_hash("k", "+49171") == keyed_hash("k", "+49171") != keyed_hash("l", "+49171")
