"""One Lambda execution environment: a Node.js process and the Runtime API that it talks to."""

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException

from .runtime_api import RuntimeApi

BOOTSTRAP = str(Path(__file__).with_name("bootstrap.mjs"))
# Lambda gives 10 s; a loaded two-core machine needs more for the same bundle.
INIT_SECONDS = 30
# Of a function that writes without end, the last lines are enough.
KEPT_LINES = 2000


@dataclass(frozen=True)
class Outcome:
    body: bytes | str
    is_error: bool
    logs: str


class Sandbox:
    """Starts its process again after a timeout, an exit or a crash, as Lambda does."""

    def __init__(self, *, name, qualifier, code, runtime, memory_mb, timeout_seconds, environment):
        self.name = name
        self.qualifier = qualifier
        self.code = str(code)
        self.memory_mb = memory_mb
        self.timeout_seconds = timeout_seconds
        self.environment = environment | {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": os.environ.get("HOME", "/tmp"),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": self.code,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        }
        self.process = None
        self.api = None
        self.lifeline = None
        self.lines = deque(maxlen=KEPT_LINES)
        self.history = deque(maxlen=KEPT_LINES)

    def start(self):
        """Starts the process and waits until the handler is loaded, or raises what Lambda would tell the caller."""
        self._end_process()
        self.lines = deque(maxlen=KEPT_LINES)
        self.api = RuntimeApi()
        node = os.environ.get("MILLRACE_NODE", "node")
        # The child holds the reading end: it sees the end of this pipe when LocalStack dies, however it dies.
        reading, self.lifeline = os.pipe()
        own = {"AWS_LAMBDA_RUNTIME_API": self.api.address, "MILLRACE_LIFELINE": str(reading)}
        try:
            self.process = subprocess.Popen(
                [node, *_heap_options(self.memory_mb, self.environment.get("NODE_OPTIONS", "")), BOOTSTRAP],
                env=self.environment | own,
                cwd=self.code,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                pass_fds=[reading],
                start_new_session=True,
            )
        finally:
            os.close(reading)
        threading.Thread(target=self._pump, args=(self.process, self.api), daemon=True).start()

        event, body = self._next_event(INIT_SECONDS)
        if event == "next":
            return
        self._end_process()
        if event == "init/error":
            raise StatusErrorException("Lambda init error", payload=body)
        if event == "exit":
            message = f"Error: Runtime exited {_describe_exit(body)}\n{''.join(self.lines)}".strip()
            raise StatusErrorException("Lambda init error", payload=_error("Runtime.ExitError", message))
        message = f"Error: the handler was not loaded within {INIT_SECONDS} s"
        raise StatusErrorException("Lambda init error", payload=_error("Sandbox.Timedout", message))

    def invoke(self, payload):
        """Runs the handler once; the payload is LocalStack's: invoke-id, payload, invoked-function-arn, trace-id."""
        request_id = payload["invoke-id"]
        if self.process is None or self.process.poll() is not None:
            self.start()
        self.lines = deque(maxlen=KEPT_LINES)
        started = time.perf_counter()
        self.api.hand_out(payload, self.timeout_seconds)
        event, body = self._next_event(self.timeout_seconds)
        if event == "timeout":
            memory = self._peak_memory_mb()
            self._end_process()
            text = f"Task timed out after {self.timeout_seconds:.2f} seconds"
            body = _error("Sandbox.Timedout", f"RequestId: {request_id} Error: {text}")
            self.lines.append(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {request_id} {text}\n")
        elif event == "exit":
            memory = None
            body = _error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited {_describe_exit(body)}")
            self._end_process()
        else:
            memory = self._peak_memory_mb()
            # Free is the sandbox only when it asks for the next event.
            if self._next_event(5)[0] != "next":
                self._end_process()
        milliseconds = (time.perf_counter() - started) * 1000
        return Outcome(
            body=body, is_error=event != "response", logs=self._report(request_id, milliseconds, memory)
        )

    def stop(self):
        self._end_process()

    def all_output(self):
        return "".join(self.history)

    def _next_event(self, timeout):
        try:
            return self.api.events.get(timeout=timeout)
        except queue.Empty:
            return "timeout", None

    def _pump(self, process, api):
        folder = os.environ.get("MILLRACE_LAMBDA_LOGS")
        live = open(Path(folder, f"{self.name}.log"), "a", encoding="utf-8", buffering=1) if folder else None
        try:
            for line in process.stdout:
                self.lines.append(line)
                self.history.append(line)
                if live is not None:
                    live.write(line)
        finally:
            if live is not None:
                live.close()
        # Put after the last line, so that the error's log is whole.
        api.events.put(("exit", process.wait()))

    def _peak_memory_mb(self):
        """Greatest resident memory of the process since its start, as Lambda reports it; None where unknown."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]
            return -(-int(kilobytes) // 1024)
        except (OSError, StopIteration):
            return None

    def _report(self, request_id, milliseconds, memory_mb):
        used = "" if memory_mb is None else f"\tMax Memory Used: {memory_mb} MB"
        return (
            f"START RequestId: {request_id} Version: {self.qualifier}\n{''.join(self.lines)}END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {int(milliseconds) + 1} ms"
            f"\tMemory Size: {self.memory_mb} MB{used}\n"
        )

    def _end_process(self):
        process, api, lifeline = self.process, self.api, self.lifeline
        self.process = self.api = self.lifeline = None
        if process is not None:
            try:
                # The group: what the handler has started goes with it.
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        if lifeline is not None:
            os.close(lifeline)
        if api is not None:
            api.close()


def _heap_options(memory_mb, node_options):
    """As Lambda's runtime: old space nine tenths, a semi-space a twentieth; none when NODE_OPTIONS names either."""
    if "-space-size" in node_options.replace("_", "-"):
        return []
    return [f"--max-old-space-size={memory_mb - memory_mb // 10}", f"--max-semi-space-size={memory_mb // 20}"]


def _error(kind, message):
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _describe_exit(code):
    if code < 0:
        return f"with error: signal: {signal.Signals(-code).name.removeprefix('SIG').lower()}"
    return "without providing a reason" if code == 0 else f"with error: exit status {code}"
