"""Sealing what could name a patient, under the case's own key; destroying that key erases the patient.

A face in the gallery that belongs to no kept case has a key of its own, in a table of the same form; ids are random, so
that a key is found by its owner's id in whichever table it is.

Nothing of a case's key is held between calls: its row is read each time, so that an erasure or a rotation done by
another process counts at once. Opening it again costs some 15 microseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, delete, insert, select, text, update

from service.store.tables import case_key, enrolled_key, now, site_key
from service.vault.ciphers import KEY_BYTES, AesGcm, Cipher
from service.vault.envelope import disclose, enclose
from service.vault.faults import Erased, KeyMissing, KeyUnusable, SealBroken
from service.vault.master import KeySource, MasterKey

__all__ = ["Erased", "KeyMissing", "KeyUnusable", "SealBroken", "Vault", "open_vault"]


@dataclass(frozen=True, slots=True)
class Keys:
    """A table of keys, and its column that names the owner."""

    table: Table
    owner: Column[str]


OF_CASES = Keys(case_key, case_key.c.case)
#: Of faces in the gallery that are of no kept case.
OF_FACES = Keys(enrolled_key, enrolled_key.c.enrolled)
#: Of the site itself.
OF_SITE = Keys(site_key, site_key.c.name)
KEYS = (OF_CASES, OF_FACES, OF_SITE)
_BLINDING = "blinding"
#: What a wrapped key is bound to beside its case, so that it cannot be passed off as a note.
_WRAPPING = "case key"


class Vault:
    """Seals and unseals with the keys of cases; safe to share between threads."""

    def __init__(self, source: KeySource, ciphers: Sequence[Cipher]) -> None:
        self.source = source
        self._cipher = ciphers[0]
        self._ciphers = {cipher.name: cipher for cipher in ciphers}
        self._masters = {master.id: master for master in source.load().all}

    def create_key(self, connection: Connection, owner: str, keys: Keys = OF_CASES) -> None:
        """Give a new case its key; the case's row must be there. Raises IntegrityError where it has one.

        `keys` says where a key goes that is no case's.
        """
        if connection.dialect.name == "postgresql":  # no key may come under a master that is being forgotten
            connection.execute(text(f"LOCK TABLE {keys.table.name} IN ROW EXCLUSIVE MODE"))
        master = self.source.load().current
        wrapped = self._wrap(master, owner, secrets.token_bytes(KEY_BYTES))
        row = {keys.owner.name: owner, "wrapped": wrapped, "master": master.id, "cipher": self._cipher.name}
        connection.execute(insert(keys.table).values(row))

    def seal(self, connection: Connection, case_id: str, content: bytes, purpose: str) -> bytes:
        """`content` under the key of the case, bound to the case and to `purpose`; raises Erased, KeyMissing."""
        return enclose(self._cipher, self._key(connection, case_id), content, case_id, purpose)

    def unseal(self, connection: Connection, case_id: str, sealed: bytes, purpose: str) -> bytes:
        """What `seal` was given for this case and this purpose; raises SealBroken, Erased, KeyMissing."""
        return disclose(self._ciphers, self._key(connection, case_id), sealed, case_id, purpose)

    def fingerprint(self, connection: Connection, words: str) -> str:
        """HMAC-SHA256 of `words` under the site's own key, 64 hexadecimal digits: equal for equal texts, and no more.

        By it a patient's number is found again without being kept. The key is made once by `create_site_key`
        and stays the same through every rotation of master keys. Raises KeyMissing where there is none yet.
        """
        return hmac.new(self._key(connection, _BLINDING), words.encode(), hashlib.sha256).hexdigest()

    def create_site_key(self, connection: Connection) -> None:
        """Make the site's own key where there is none yet; safe with several processes at once."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE site_key IN SHARE ROW EXCLUSIVE MODE"))
        if not self.has_site_key(connection):
            self.create_key(connection, _BLINDING, OF_SITE)

    def has_site_key(self, connection: Connection) -> bool:
        """Whether there is a key for `fingerprint`."""
        return connection.execute(select(site_key.c.name).where(site_key.c.name == _BLINDING)).first() is not None

    def destroy_key(self, connection: Connection, case_id: str) -> None:
        """Erase the key of the case: what was sealed under it is gone for everyone. A second time is no error.

        Raises KeyMissing where the case never had a key.
        """
        _overwrite_deleted(connection)
        mine = case_key.c.case == case_id
        if connection.execute(select(case_key.c.case).where(mine)).first() is None:
            raise _no_key()
        gone = update(case_key).where(mine, case_key.c.destroyed.is_(None))
        connection.execute(gone.values(wrapped=None, destroyed=now()))

    def drop_key(self, connection: Connection, owner: str) -> None:
        """Delete the key of an enrolled face with its row, where it has one of its own."""
        _overwrite_deleted(connection)
        connection.execute(delete(enrolled_key).where(enrolled_key.c.enrolled == owner))

    def rewrap(self, connection: Connection, most: int) -> int:
        """Wrap up to `most` keys anew that are not yet under the current master key; how many there were."""
        done = 0
        for keys in KEYS:
            done += self._rewrap(connection, keys, most - done)
        return done

    def _rewrap(self, connection: Connection, keys: Keys, most: int) -> int:
        master, table = self.source.load(again=True).current, keys.table
        waiting = select(keys.owner, table.c.wrapped, table.c.master).where(
            table.c.wrapped.is_not(None), table.c.master != master.id
        )
        rows = connection.execute(waiting.order_by(keys.owner).limit(most)).all()
        for owner, wrapped, old in rows:
            anew = self._wrap(master, owner, self._unwrap(owner, wrapped, old))
            same = update(table).where(keys.owner == owner, table.c.wrapped == wrapped)  # not since erased
            connection.execute(same.values(wrapped=anew, master=master.id, cipher=self._cipher.name))
        return len(rows)

    def check(self, connection: Connection) -> None:
        """Raise KeyMissing where keys of cases are under a master key that is not held: better at start than later."""
        for keys in KEYS:
            table = keys.table
            used = select(table.c.master).where(table.c.wrapped.is_not(None)).distinct()
            for (master,) in connection.execute(used):
                self._master(master)

    def _key(self, connection: Connection, case_id: str) -> bytes:
        for keys in KEYS:
            table = keys.table
            query = select(table.c.wrapped, table.c.master, table.c.destroyed).where(keys.owner == case_id)
            row = connection.execute(query).first()
            if row is not None:
                break
        else:
            raise _no_key()
        wrapped, master, destroyed = row
        if destroyed is not None or wrapped is None:
            raise Erased("This case has been erased.", "It cannot be read again; open a new case.")
        return self._unwrap(case_id, wrapped, master)

    def _wrap(self, master: MasterKey, case_id: str, key: bytes) -> bytes:
        return enclose(self._cipher, master.key, key, case_id, _WRAPPING)

    def _unwrap(self, case_id: str, wrapped: bytes, master: str) -> bytes:
        return disclose(self._ciphers, self._master(master).key, wrapped, case_id, _WRAPPING)

    def _master(self, id: str) -> MasterKey:
        held = self._masters.get(id)
        if held is None:  # another process may have rotated since
            self._masters = {master.id: master for master in self.source.load(again=True).all}
            held = self._masters.get(id)
        if held is None:
            raise KeyMissing(f"The master key {id} is not held here.", "Add it to the key source behind the current.")
        return held


def open_vault(source: KeySource, ciphers: Sequence[Cipher] | None = None) -> Vault:
    """A vault with the keys of `source`; the first of `ciphers` (AES-256-GCM unasked) seals, each can unseal its own.

    Raises KeyMissing or KeyUnusable.
    """
    return Vault(source, ciphers or (AesGcm(),))


def _overwrite_deleted(connection: Connection) -> None:
    """Have what is deleted overwritten, instead of leaving it in a free page."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete=ON"))


def _no_key() -> KeyMissing:
    return KeyMissing("This case has no key.", "See that it exists, and that key and database belong together.")
