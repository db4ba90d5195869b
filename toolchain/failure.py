"""The one error of this package, and how the output of a failed command becomes one that says what to do."""

import errno
import re
import shutil
from pathlib import Path

_NO_NETWORK = re.compile(
    r"no such host|connection refused|network is unreachable|i/o timeout|TLS handshake timeout|dial tcp"
    r"|Temporary failure in name resolution|error sending request|Could not connect|dns error|proxyconnect",
    re.IGNORECASE,
)
_UNTRUSTED = re.compile(r"UnknownIssuer|certificate signed by unknown authority|CERTIFICATE_VERIFY_FAILED|x509: ", re.IGNORECASE)
_DISK_FULL = re.compile(r"no space left on device|disk quota exceeded|file too large", re.IGNORECASE)
_DISK_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TAIL_LINES = 12


class ToolchainError(Exception):
    """A tool could not be had. The message is for the user: what, where, why, what to do."""


def disk_full(what: str, folder: Path) -> ToolchainError:
    """`what` could not be written because the disk of `folder` is full."""
    free_mib = shutil.disk_usage(folder if folder.exists() else Path("/")).free // 2**20
    return ToolchainError(
        f"{what}: the disk is full ({free_mib} MiB free where {folder} is).\n"
        f"Nothing half-written was left behind. Free some space (a first build needs about 4 GiB), or set FLEET_CACHE to another disk."
    )


def from_os_error(what: str, error: OSError, folder: Path) -> ToolchainError:
    """`what` failed with an error of the operating system while `folder` was being written."""
    if error.errno in _DISK_FULL_ERRNO:
        return disk_full(what, folder)
    return ToolchainError(
        f"{what}: {error.strerror} ({error.filename or folder}).\nCheck the permissions, or set FLEET_CACHE to another folder."
    )


def from_output(what: str, code: int, output: list[str], folder: Path, install_page: str) -> ToolchainError:
    """`what` is a command that ended with `code`; its `output` tells why."""
    text = "\n".join(output)
    tail = "\n".join(f"  {line}" for line in output[-_TAIL_LINES:])
    if _DISK_FULL.search(text):
        return disk_full(what, folder)
    if _UNTRUSTED.search(text):
        return ToolchainError(
            f"{what}: the certificate of the server is not trusted; a proxy may stand between.\n{tail}\n"
            f"Set SSL_CERT_FILE to the certificates that your network uses (or UV_SYSTEM_CERTS=true for the system's own)."
        )
    if _NO_NETWORK.search(text):
        return ToolchainError(
            f"{what}: the network could not be reached.\n{tail}\n"
            f"The first build downloads its modules; after that no network is needed. Check the connection or the proxy settings "
            f"(HTTPS_PROXY, GOPROXY), or install it yourself: {install_page}"
        )
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
    return ToolchainError(f"{what} {ended}:\n{tail}\nRun it again to resume; or install it yourself: {install_page}")
