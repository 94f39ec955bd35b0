"""Socket and TLS patches that lead Python clients to the gate, under the vendors' own host names.

Runs in any interpreter from 3.9 on, with the standard library alone: the Actor's, by way of ``sitecustomize``, and the
test's, by way of ``emulator.doors.intercept``. An emulated name resolves to a made-up address of 198.18.0.0/15 (kept
for benchmarks by RFC 2544, so never in use) with its own port, because some clients carry on with the address alone
and others with the name alone; ``connect`` accepts both and goes to the gate. Modules are patched when they are first
imported, so an interpreter that opens no socket pays next to nothing.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

__all__ = ["ImportWatch", "Patches", "Redirect", "install"]

LOOPBACK = "127.0.0.1"
LOCAL_NAMES = ("", "localhost", "0.0.0.0", "::", "::1")  # noqa: S104 - compared with, never bound
SERVED_PORTS = (80, 443)
SERVICE_PORTS = {"http": 80, "https": 443}
MADE_UP_NETWORKS = ("198.18", "198.19")
MAPPED = "::ffff:"
REPORT_SECONDS = 1.0


class Patches:
    """Attributes replaced, in order, and put back in reverse: an attribute that was inherited is deleted again."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, bool, Any]] = []

    def put(self, owner: Any, name: str, value: Any) -> None:
        """Replace ``owner.name``."""
        own = vars(owner)
        self._undo.append((owner, name, name in own, own.get(name)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back."""
        while self._undo:
            owner, name, existed, value = self._undo.pop()
            if existed:
                setattr(owner, name, value)
            else:
                delattr(owner, name)


class ImportWatch:
    """A finder that lets a module load as usual and then acts on it; at once where it is loaded already."""

    def __init__(self) -> None:
        self._actions: dict[str, Callable[[ModuleType], None]] = {}

    def start(self) -> None:
        """Watch from now on."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Watch no more."""
        sys.meta_path.remove(self)

    def when_imported(self, name: str, action: Callable[[ModuleType], None]) -> None:
        """Call ``action`` with the module of that name once it can be used."""
        module = sys.modules.get(name)
        if module is None:
            self._actions[name] = action
        else:
            action(module)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec the other finders give, its loader made to call back."""
        action = self._actions.pop(name, None)
        if action is None:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None:
            self._actions[name] = action  # not installed now; it may be later
        else:
            call_after_loading(spec.loader, action)
        return spec


def call_after_loading(loader: Any, action: Callable[[ModuleType], None]) -> None:
    load = loader.exec_module

    def load_and_act(module: ModuleType) -> None:
        vars(loader).pop("exec_module", None)
        load(module)
        action(module)

    loader.exec_module = load_and_act


class Redirect:
    """Where names and addresses lead while the patches are in place."""

    def __init__(self, gate_port: int, hosts: Iterable[str]) -> None:
        self.gate = (LOOPBACK, gate_port)
        patterns = [host.lower() for host in hosts]
        self._names = frozenset(pattern for pattern in patterns if not pattern.startswith("*."))
        self._suffixes = tuple(pattern[1:] for pattern in patterns if pattern.startswith("*."))
        self._addresses: dict[str, str] = {}
        self._hosts: dict[str, str] = {}

    def knows(self, host: str) -> bool:
        """Whether the gate answers for this name."""
        return host in self._names or host.endswith(self._suffixes)

    def address_of(self, host: str) -> str:
        """The made-up address of a known host, the same one every time."""
        address = self._addresses.get(host)
        if address is None:
            number = len(self._addresses) + 1
            network = MADE_UP_NETWORKS[number >> 16 & 1]
            address = self._addresses[host] = f"{network}.{number >> 8 & 255}.{number & 255}"
            self._hosts[address] = host
        return address

    def host_at(self, address: str) -> str:
        """The host a made-up address stands for; any other address or name as it is."""
        bare = address.removeprefix(MAPPED)
        return self._hosts.get(bare, address)

    def check(self, host: str, port: int | None) -> None:
        """Let a known host on a served port pass. Raises ``socket.gaierror`` with host and port for all else."""
        import socket  # noqa: PLC0415 - loaded by the time anybody asks

        if self.knows(host) and (port is None or port in SERVED_PORTS):
            return
        self._report(host, port)
        place = written_host(host) if port is None else f"{written_host(host)}:{port}"
        reason = "is emulated on ports 80 and 443 only" if self.knows(host) else "is not emulated (offline)"
        raise socket.gaierror(socket.EAI_NONAME, f"{place} {reason}")

    def _report(self, host: str, port: int | None) -> None:
        """Ask the gate for a tunnel it will refuse, so that its journal names the host and who asked."""
        import socket  # noqa: PLC0415

        program = (getattr(sys, "argv", None) or [""])[0].replace("\\", "/").rpartition("/")[2] or "python"
        place = f"{written_host(host)}:{443 if port is None else port}"
        lines = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {program}\r\n\r\n"
        try:
            with socket.create_connection(self.gate, REPORT_SECONDS) as connection:
                connection.sendall(lines.encode("ascii", "replace"))
                connection.recv(1)
        except OSError:
            # The caller is about to hear of the refusal itself; that the gate is gone too would only hide it.
            return


def install(gate_port: int, hosts: Iterable[str], ca_path: str) -> Callable[[], None]:
    """Lead ``hosts`` (exact names, and ``*.`` patterns) to the gate and trust the authority at ``ca_path``.

    Returns the function that takes every patch out again.
    """
    redirect = Redirect(gate_port, hosts)
    patches = Patches()
    watch = ImportWatch()
    watch.when_imported("socket", lambda module: patch_socket(module, redirect, patches))
    watch.when_imported("ssl", lambda module: patch_ssl(module, ca_path, patches))
    watch.when_imported("aiohttp.client", lambda module: patch_aiohttp(module, patches))
    watch.start()

    def uninstall() -> None:
        watch.stop()
        patches.undo()

    return uninstall


def host_text(host: Any) -> str | None:
    """A host argument as lower-case text; ``None`` where it names no remote host."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return None
    host = host.lower().rstrip(".")
    return None if host in LOCAL_NAMES or host.startswith("127.") or host.endswith(".localhost") else host


def written_host(host: str) -> str:
    """A host as it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def port_number(port: Any) -> int | None:
    """A port argument, which may also be a service name, as a number."""
    if isinstance(port, (bytes, bytearray)):
        port = port.decode("ascii", "replace")
    if isinstance(port, str):
        return int(port) if port.isdigit() else SERVICE_PORTS.get(port)
    return port if isinstance(port, int) else None


def patch_socket(socket: Any, redirect: Redirect, patches: Patches) -> None:
    """Patch name resolution and ``connect`` of the socket module."""
    patch_resolution(socket, redirect, patches)
    patch_gethostbyname(socket, redirect, patches)
    patch_connect(socket, redirect, patches)


def is_address(socket: Any, host: str) -> bool:
    """Whether ``host`` is an IP address rather than a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        return True
    return False


def passes(socket: Any, host: str | None) -> bool:
    """Whether resolving ``host`` is left to the system: this machine's own name, and anything already an address."""
    return host is None or is_address(socket, host) or host == socket.gethostname().lower()


def patch_resolution(socket: Any, redirect: Redirect, patches: Patches) -> None:
    resolve = socket.getaddrinfo

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - the standard library's own signature
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        name = host_text(host)
        if name is None or passes(socket, name):
            return resolve(host, port, family, type, proto, flags)
        redirect.check(name, port_number(port))
        address = redirect.address_of(name)
        if family == socket.AF_INET6:
            address = MAPPED + address
        return resolve(address, port, family, type, proto, flags | socket.AI_NUMERICHOST)

    patches.put(socket, "getaddrinfo", getaddrinfo)


def patch_gethostbyname(socket: Any, redirect: Redirect, patches: Patches) -> None:
    by_name, by_name_ex = socket.gethostbyname, socket.gethostbyname_ex

    def gethostbyname(hostname: Any) -> Any:
        name = host_text(hostname)
        if name is None or passes(socket, name):
            return by_name(hostname)
        redirect.check(name, None)
        return redirect.address_of(name)

    def gethostbyname_ex(hostname: Any) -> Any:
        name = host_text(hostname)
        if name is None or passes(socket, name):
            return by_name_ex(hostname)
        redirect.check(name, None)
        return name, [], [redirect.address_of(name)]

    patches.put(socket, "gethostbyname", gethostbyname)
    patches.put(socket, "gethostbyname_ex", gethostbyname_ex)


def patch_connect(socket: Any, redirect: Redirect, patches: Patches) -> None:
    stream = socket.socket
    connect_to, connect_ex_to = stream.connect, stream.connect_ex

    def destination(self: Any, address: Any) -> Any:
        internet = self.type == socket.SOCK_STREAM and self.family in (socket.AF_INET, socket.AF_INET6)
        if not internet or not isinstance(address, tuple) or len(address) < 2:
            return address
        host = host_text(address[0])
        if host is None or host.startswith(MAPPED + "127."):
            return address
        redirect.check(redirect.host_at(host), address[1])
        gate_host, gate_port = redirect.gate
        return (MAPPED + gate_host if self.family == socket.AF_INET6 else gate_host, gate_port)

    def connect(self: Any, address: Any) -> Any:
        return connect_to(self, destination(self, address))

    def connect_ex(self: Any, address: Any) -> Any:
        return connect_ex_to(self, destination(self, address))

    patches.put(stream, "connect", connect)
    patches.put(stream, "connect_ex", connect_ex)


def patch_ssl(ssl: Any, ca_path: str, patches: Patches) -> None:
    """Make every context that loads roots, pinned ones too, trust the emulator's authority besides."""
    context = ssl.SSLContext
    load = context.load_verify_locations

    def also_trusting(name: str) -> Callable[..., None]:
        original = getattr(context, name)

        def replacement(self: Any, *arguments: Any, **options: Any) -> None:
            original(self, *arguments, **options)
            load(self, ca_path)

        return replacement

    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        patches.put(context, name, also_trusting(name))


def patch_aiohttp(client: Any, patches: Patches) -> None:
    """Let aiohttp heed the proxy variables by default: under uvloop it opens sockets past the patches."""
    initialise = client.ClientSession.__init__

    def __init__(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: N807 - it becomes the method
        options.setdefault("trust_env", True)
        initialise(self, *arguments, **options)

    patches.put(client.ClientSession, "__init__", __init__)
