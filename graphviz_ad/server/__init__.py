"""The local app behind ``gradviz serve``: type an expression, see its graph, its gradients and their check at once.

application  requests and answers, and what is refused
work         the processes that compute, with limits on time and memory
jobs         what they compute
examples     what there is to begin with

Needs the extra ``serve`` (Starlette and uvicorn). It listens on this machine alone, loads nothing from anywhere and keeps nothing.
"""

from __future__ import annotations

from ..errors import GradvizError

PORT = 8734
LOOPBACK = ("127.0.0.1", "localhost", "::1")

__all__ = ["PORT", "serve"]


def serve(port: int = PORT, host: str = "127.0.0.1", *, show: bool = False) -> None:
    """Run the app until it is interrupted; ``show`` opens it in the browser.

    Raises
    ------
    GradvizError
        The extra ``serve`` is not installed, the host is another machine's, the port is taken.
    """
    if host not in LOOPBACK:
        raise GradvizError(f"the app listens on this machine alone ({', '.join(LOOPBACK)}), not on {host}")
    if not 0 < port < 65536:
        raise GradvizError(f"{port} is no port; they go from 1 to 65535")
    try:
        import uvicorn

        from .application import application
    except ImportError as error:
        raise GradvizError(f"{error.name} is not installed\nhint: pip install 'graphviz_ad[serve]'") from error
    _require_free(host, port)
    if show:
        import threading
        import webbrowser

        threading.Timer(0.8, webbrowser.open, [address(host, port)]).start()
    uvicorn.run(application(), host=host, port=port, log_level="warning", access_log=False, limit_concurrency=64, timeout_keep_alive=5)


def address(host: str, port: int) -> str:
    """Where the app is.

    >>> address("::1", 80)
    'http://[::1]:80/'
    """
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _require_free(host: str, port: int) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise GradvizError(f"port {port} cannot be used: {(error.strerror or str(error)).lower()}\nhint: choose another one") from error
