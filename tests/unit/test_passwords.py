"""Passwords and tokens: what is kept of them tells nobody what they are."""

from argon2 import PasswordHasher

from ioc_etl.adapters import passwords

SECRET = "một mật khẩu dài"


def test_a_password_is_right_for_its_own_hash_and_for_no_other() -> None:
    stored = passwords.hashed(SECRET)
    assert stored.startswith("$argon2id$")
    assert SECRET not in stored
    assert passwords.is_right(stored, SECRET)
    assert not passwords.is_right(stored, SECRET + " ")
    assert passwords.hashed(SECRET) != stored


def test_nobody_and_a_broken_hash_have_no_right_password() -> None:
    assert not passwords.is_right(None, SECRET)
    assert not passwords.is_right("none", SECRET)


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=1024).hash(SECRET))
    assert not passwords.is_outdated(passwords.hashed(SECRET))


def test_a_token_is_new_every_time_and_kept_as_its_hash() -> None:
    first, second = passwords.new_token(), passwords.new_token()
    assert first != second
    assert len(first) >= 40
    assert len(passwords.token_sha256(first)) == 64
