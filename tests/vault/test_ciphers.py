"""One suite over every cipher: what any of them must do to stand behind the seam."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.vault.ciphers import KEY_BYTES, AesGcm, Cipher, Sm4Gcm
from service.vault.envelope import disclose, enclose
from service.vault.faults import KeyMissing, SealBroken

KEY = bytes(range(KEY_BYTES))
every_cipher = pytest.mark.parametrize("cipher", [AesGcm(), Sm4Gcm()], ids=lambda cipher: cipher.name)


@every_cipher
@given(content=st.binary(max_size=300), associated=st.binary(max_size=60), key=st.binary(min_size=32, max_size=32))
def test_what_was_sealed_is_unsealed(cipher: Cipher, content: bytes, associated: bytes, key: bytes):
    assert cipher.unseal(key, cipher.seal(key, content, associated), associated) == content


@every_cipher
@given(content=st.binary(min_size=1, max_size=100), at=st.integers(0), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed(cipher: Cipher, content: bytes, at: int, bit: int):
    sealed = bytearray(cipher.seal(KEY, content, b"case"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        cipher.unseal(KEY, bytes(sealed), b"case")


@every_cipher
@given(content=st.binary(max_size=100), kept=st.integers(0))
def test_any_cut_is_noticed(cipher: Cipher, content: bytes, kept: int):
    sealed = cipher.seal(KEY, content, b"case")
    with pytest.raises(SealBroken):
        cipher.unseal(KEY, sealed[: kept % len(sealed)], b"case")


@every_cipher
def test_another_key_or_another_owner_opens_nothing(cipher: Cipher):
    sealed = cipher.seal(KEY, b"hypotonia", b"case")
    for key, associated in ((bytes(KEY_BYTES), b"case"), (KEY, b"other")):
        with pytest.raises(SealBroken):
            cipher.unseal(key, sealed, associated)


@every_cipher
def test_the_same_content_is_never_sealed_alike(cipher: Cipher):
    sealed = {cipher.seal(KEY, b"hypotonia", b"case") for _ in range(100)}
    assert len(sealed) == 100
    assert len({one[:12] for one in sealed}) == 100  # nor is a nonce drawn twice


def test_sm4_gcm_agrees_with_the_vector_of_rfc_8998():
    # RFC 8998, appendix A.1: its key is used as it stands, so the derivation of ours is stepped over
    from cryptography.hazmat.primitives.ciphers import Cipher as Machine
    from cryptography.hazmat.primitives.ciphers import algorithms, modes

    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    machine = Machine(algorithms.SM4(key), modes.GCM(bytes.fromhex("00001234567800000000ABCD"))).encryptor()
    machine.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    plain = "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
    plain += "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    machine.update(bytes.fromhex(plain))
    machine.finalize()
    assert machine.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


@given(first=st.lists(st.text(max_size=5), max_size=3), second=st.lists(st.text(max_size=5), max_size=3))
def test_an_envelope_opens_for_its_own_parts_alone(first: list[str], second: list[str]):
    ciphers = {"aes-256-gcm": AesGcm()}
    sealed = enclose(AesGcm(), KEY, b"x", *first)
    if first == second:
        assert disclose(ciphers, KEY, sealed, *second) == b"x"
    else:
        with pytest.raises(SealBroken):
            disclose(ciphers, KEY, sealed, *second)


def test_an_envelope_names_its_cipher_and_is_not_opened_with_another():
    sealed = enclose(Sm4Gcm(), KEY, b"x", "case")
    assert sealed.startswith(b"\x01\x07sm4-gcm")
    with pytest.raises(KeyMissing):
        disclose({"aes-256-gcm": AesGcm()}, KEY, sealed, "case")
    renamed = b"\x01\x0baes-256-gcm" + sealed[9:]
    with pytest.raises(SealBroken):
        disclose({"aes-256-gcm": AesGcm()}, KEY, renamed, "case")


@given(st.binary(max_size=40))
def test_bytes_that_are_no_envelope_break_no_more_than_the_seal(noise: bytes):
    with pytest.raises((SealBroken, KeyMissing)):
        disclose({"aes-256-gcm": AesGcm()}, KEY, noise, "case")
