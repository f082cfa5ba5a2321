"""Lambda's Runtime API for one process: it asks for an event, and posts a response or an error."""

import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime/"


class RuntimeApi:
    """`events` holds what the process did: ("next", None), ("response", body), ("error", body), ("init/error", body)."""

    def __init__(self):
        self.events = queue.Queue()
        self.pending = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def hand_out(self, payload, timeout_seconds):
        """Answers the process's waiting or next question with this invocation."""
        deadline = int((time.time() + timeout_seconds) * 1000)
        self.pending.put((payload, deadline))

    def close(self):
        self.pending.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:  # The process was killed while it waited.
            self.close_connection = True

    def do_GET(self):
        api = self.server.api
        api.events.put(("next", None))
        item = api.pending.get()
        if item is None:
            self.close_connection = True
            return
        payload, deadline = item
        self._answer(
            200,
            payload["payload"].encode(),
            {
                "Lambda-Runtime-Aws-Request-Id": payload["invoke-id"],
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
                "Lambda-Runtime-Trace-Id": payload["trace-id"],
            },
        )

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix(PREFIX)
        self.server.api.events.put((path if path == "init/error" else path.rsplit("/", 1)[-1], body))
        self._answer(202, b"{}")

    def _answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
