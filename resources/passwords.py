"""Password hashes: argon2id at 19 MiB, 2 passes, 1 lane.

Parameters: OWASP Password Storage Cheat Sheet, first choice for argon2id. Hashing takes tens of
milliseconds of CPU and 19 MiB, so it runs in a small pool of threads: a crowd at the door waits,
it does not take the machine down.
What does not belong here: who may sign in (`database/repositories/identity.py`), tokens.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from posthub_assets.domain.errors import InvalidInput

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
THREADS = 2
MIN_CHARS = 12
"""NIST SP 800-63B rev. 4 asks for 15 where a password is all there is, and allows 8 with a second
factor; we take the middle, and lock the account after failures."""
MAX_CHARS = 1024

_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_POOL = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="argon2")


def refuse_weak_password(password: str, field: str = "password") -> None:
    """Refuse a password that is too short, too long, or holds a NUL. Raises InvalidInput."""
    if len(password) < MIN_CHARS:
        raise InvalidInput(f"The password needs {MIN_CHARS} characters or more.", field=field)
    if len(password) > MAX_CHARS or "\x00" in password:
        raise InvalidInput(
            f"The password may have at most {MAX_CHARS} characters and no NUL.", field=field
        )


def hash_password(password: str) -> str:
    """Give the argon2id hash with its parameters and salt, about 97 characters. Blocks ~50 ms."""
    return _HASHER.hash(password)


def matches(password: str, hashed: str | None) -> bool:
    """Say whether the password is the hashed one.

    Without a hash (an unknown person) it works just as long and says no, so that the time of the
    answer does not tell who has an account.
    """
    try:
        _HASHER.verify(hashed or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


async def matches_soon(password: str, hashed: str | None) -> bool:
    """Like `matches`, in the bounded pool of threads."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, matches, password, hashed)


async def hash_password_soon(password: str) -> str:
    """Like `hash_password`, in the bounded pool of threads."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, hash_password, password)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
