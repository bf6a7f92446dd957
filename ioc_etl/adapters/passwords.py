"""Passwords as argon2 hashes, tokens as SHA-256. Neither is ever kept, logged or told."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_TOKEN_BYTES = 32


def hashed(password: str) -> str:
    """The argon2 hash of a password, with a salt of its own."""
    return PasswordHasher().hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether the password is the one of the hash. Without a hash it takes as long, and is not."""
    hasher = PasswordHasher()
    if stored is None:
        hasher.hash(password)
        return False
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return PasswordHasher().check_needs_rehash(stored)


def new_token() -> str:
    """A token that stands for a password; its owner sees it once."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_sha256(token: str) -> str:
    """What is kept of a token: it is as random as its hash, so none slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
