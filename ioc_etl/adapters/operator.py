"""Who is at work: the login name of the operating system, until there are accounts."""

import getpass
import os


def login_name() -> str:
    """The name of the user whose process this is; the system's word where it has one, not the environment's."""
    try:
        import pwd  # noqa: PLC0415 - Windows has none
    except ImportError:
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
