"""A server in a process of its own, for clients that users already have.

MULLAMA names the program. Every server listens on a free port of 127.0.0.1 and is ended by its process id.
"""

import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

MODEL = "smollm2:135m"
PROGRAM = os.environ.get("MULLAMA", "mullama")


class Server:
    """`mullama serve`, from its start until it listens, and its end."""

    def __init__(self, *arguments, port=0, environment=None):
        self.folder = tempfile.TemporaryDirectory(prefix="mullama-clients-")
        self.log = open(Path(self.folder.name) / "log", "w+b")
        command = [PROGRAM, "serve", "--model", MODEL, "--port", str(port), "--socket", "none", *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, **(environment or {})},
        )
        try:
            self.address = self._address()
            self._wait_until_ready()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _address(self):
        output = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                part = os.read(self.process.stdout.fileno(), 4096)
                output += part
                found = re.search(rb"http://[^\s:]+:\d+", output)
                if found:
                    return found.group().decode()
                if not part:
                    break
        raise AssertionError(f"the server does not say where it listens: {output!r}\n{self.said()}")

    def _wait_until_ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.status("/ready") == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"the server does not become ready\n{self.said()}")

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text(errors="replace")

    def status(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)

    def text(self, path):
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path, body, headers=None, timeout=60):
        """The status, the headers and the body of the answer, whatever the status is."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data=data, headers=headers or {}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def live(self):
        """The requests that are on their way."""
        return self.get("/requests?state=live")["requests"]

    def end(self, request):
        """Ends a request that is on its way, as an operator does."""
        call = urllib.request.Request(f"{self.address}/requests/{request}", method="DELETE")
        with urllib.request.urlopen(call, timeout=10) as answer:
            return json.load(answer)["cancelled"]

    def wait_until_idle(self, seconds):
        """How long it took until nothing was computed any more."""
        begin = time.monotonic()
        while time.monotonic() < begin + seconds:
            if not self.live():
                return time.monotonic() - begin
            time.sleep(0.005)
        raise AssertionError(f"still busy after {seconds} s: {self.live()}")

    def resident(self):
        """Resident memory in megabytes."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1000

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self, with_signal=signal.SIGTERM, seconds=30):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.log.close()
            self.folder.cleanup()


@pytest.fixture(scope="session")
def server():
    server = Server("--parallel", "4", "--ctx-size", "2048")
    yield server
    assert server.stop() == 0


@pytest.fixture
def start():
    """Starts servers of its own for a test."""
    servers = []

    def start(*arguments, **options):
        servers.append(Server(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
