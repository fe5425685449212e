"""Receivers that behave as the systems agencies run, traps included: Primero, DHIS2, CHT, RapidPro.

    with Primero() as there:
        there.url, there.cases, there.calls

Each keeps what it was told.  `fail_after` and `fail_before` drop that many connections with the
request taken, or not taken: the answer is lost either way.  `says_after` are statuses that are answered
instead, though the request was taken.
"""
import base64
import http.server
import json
import threading


class Receiver:
    def __init__(self):
        self.calls, self.fail_after, self.fail_before, self.says_after = [], 0, 0, []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outer.lock:
                    outer.calls.append((self.command, self.path, body))
                    if outer.fail_before and self.command == "POST" and "token" not in self.path:
                        outer.fail_before -= 1
                        self.close_connection = True
                        return
                    status, headers, answer = outer.answer(self.command, self.path, self.headers,
                                                           json.loads(body) if body else None)
                    if outer.fail_after and self.command == "POST" and "token" not in self.path:
                        outer.fail_after -= 1
                        self.close_connection = True
                        return
                    if outer.says_after and self.command == "POST" and "token" not in self.path:
                        status, headers, answer = outer.says_after.pop(0), {}, {"error": "x" * 200000}
                data = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_HEAD = serve

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()

    def posts(self, path):
        return [json.loads(b) for m, p, b in self.calls if m == "POST" and p.startswith(path)]


def basic(headers, user, password):
    return headers.get("Authorization") == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Primero(Receiver):
    """Cases by our own id: 204, then 409.  Fields it does not know are dropped without a word."""
    KNOWN = {"id", "module_id", "concern", "age_group", "sex", "location"}

    def __init__(self, known=KNOWN, expire_after=None):
        self.cases, self.flags, self.logins, self.token, self.known = {}, {}, 0, None, known
        self.expire_after = expire_after  # a token is good for so many calls
        super().__init__()

    def answer(self, method, path, headers, body):
        if path == "/api/v2/tokens":
            self.logins += 1
            if self.logins > 6:
                return 429, {"Retry-After": "60"}, None
            if body["user"] != {"user_name": "gateway", "password": "long enough"}:
                return 401, {}, {"error": "no"}
            self.token, self.left = f"jwt.{self.logins}.x", self.expire_after
            return 200, {"Authorization": "Bearer " + self.token}, {"id": 1, "user_name": "gateway"}
        if not self.token or headers.get("Authorization") != "Bearer " + self.token or self.left == 0:
            return 401, {}, {"errors": [{"status": 401}]}
        if self.left:
            self.left -= 1
        if path == "/api/v2/cases?per=1":
            return 200, {}, {"data": []}
        parts = path.removeprefix("/api/v2/cases").strip("/").split("/")
        if method == "POST" and parts == [""]:
            data = body["data"]
            if data["id"] in self.cases:
                return 409, {}, {"errors": [{"status": 409, "detail": "Conflict: A record with this id already exists"}]}
            if data.get("sex") not in (None, "male", "female"):
                return 422, {}, {"errors": [{"status": 422, "detail": "sex"}]}
            self.cases[data["id"]] = {k: v for k, v in data.items() if k in self.known}
            return 204, {}, None
        if parts[0] not in self.cases:
            return 404, {}, {"errors": [{"status": 404}]}
        if parts[1:] == ["flags"]:
            kept = self.flags.setdefault(parts[0], [])
            if method == "POST":
                kept.append(body["data"])
            return 200, {}, {"data": kept}
        return 200, {}, {"data": self.cases[parts[0]]}


class Dhis2(Receiver):
    def __init__(self, queues=0):
        self.events, self.queues = {}, queues
        self.values = {}  # (element, period, unit): value, an upsert
        super().__init__()

    def answer(self, method, path, headers, body):
        if headers.get("Authorization") != "ApiToken d2pat_0123456789":
            return 401, {}, {"status": "ERROR", "httpStatusCode": 401}
        if path.startswith("/api/dataValueSets"):
            return self.take_values(path, body)
        if not path.startswith("/api/tracker"):
            return 404, {}, None
        if "async=false" not in path:
            return 200, {}, {"status": "OK", "response": {"location": "/jobs/1"}}
        event = body["events"][0]
        if self.queues:
            self.queues -= 1
            return 200, {}, {"status": "OK", "response": {"location": "/jobs/1"}}
        if event["event"] in self.events:
            return 409, {}, {"status": "ERROR", "validationReport": {"errorReports": [
                {"errorCode": "E1030", "message": "Event already exists", "uid": event["event"]}]}}
        if event["orgUnit"] == "wrong":
            return 409, {}, {"status": "ERROR", "validationReport": {"errorReports": [
                {"errorCode": "E1011", "message": "no such unit", "uid": event["event"]}]}}
        self.events[event["event"]] = event
        return 200, {}, {"status": "OK", "stats": {"created": 1}, "validationReport": {"errorReports": []}}


    def take_values(self, path, body):
        """Under codes alone; SH2's are unknown here, so that a set with them is imported in part: 409."""
        known = [v for v in body["dataValues"] if "idScheme=code" in path and not v["orgUnit"].startswith("SH2")]
        fresh = [v for v in known if (v["dataElement"], v["period"], v["orgUnit"]) not in self.values]
        self.values.update({(v["dataElement"], v["period"], v["orgUnit"]): v["value"] for v in known})
        ignored = len(body["dataValues"]) - len(known)
        return (409 if ignored else 200), {}, {"status": "WARNING" if ignored else "OK", "response": {
            "importCount": {"imported": len(fresh), "updated": len(known) - len(fresh), "ignored": ignored,
                            "deleted": 0}}}


class Cht(Receiver):
    """Each POST makes a document."""
    def __init__(self, errors=None):
        self.documents, self.errors = [], errors
        super().__init__()

    def answer(self, method, path, headers, body):
        if not basic(headers, "gateway", "long enough"):
            return 401, {}, {"error": "no"}
        if body["_meta"].get("form") != "KUJ":
            return 400, {}, {"error": "Form not found"}
        self.documents.append(body)
        return 200, {}, {"success": True, "id": str(len(self.documents)), **({"errors": self.errors} if self.errors else {})}


class RapidPro(Receiver):
    def __init__(self):
        self.starts = []
        super().__init__()

    def answer(self, method, path, headers, body):
        if headers.get("Authorization") != "Token 0123456789abcdef":
            return 403, {}, {"detail": "Invalid token"}
        if method == "GET":
            return 200, {}, {"next": None, "results": [dict(s, uuid=str(i)) for i, s in enumerate(self.starts)][::-1]}
        if body["flow"] == "none":
            return 400, {}, {"flow": ["No such object"]}
        self.starts.append(body)
        return 201, {}, {"uuid": str(len(self.starts)), "status": "pending"}
