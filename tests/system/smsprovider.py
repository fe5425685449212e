"""A provider of SMS over HTTP: what it is asked to send, its answers, and the texts and reports it brings."""
import http.server
import json
import os
import re
import threading
import urllib.parse

from gateway import CONFIG_DIR
from simmodem import wait_for

SECRET = "system-test-secret-02"


class Provider:
    """with Provider() as p: p.sent is what came; p.answer(request) -> (status, body), or None: no answer."""

    def __init__(self, answer=None):
        self.sent, self.n = [], 0
        self.answer = answer or self.taken
        self.lock = threading.Lock()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                where, _, query = self.path.partition("?")
                r = {"path": where, "headers": dict(self.headers), "raw": body}
                r.update(urllib.parse.parse_qsl(query if self.command == "GET" else body, keep_blank_values=True))
                with provider.lock:
                    provider.n += 1
                    r["n"] = provider.n
                    provider.sent.append(r)
                told = provider.answer(r)
                if told is None:
                    self.connection.close()
                    return
                out = told[1].encode()
                self.send_response(told[0])
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    @staticmethod
    def taken(r):
        return 201, json.dumps({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [
            {"statusCode": 101, "number": r["to"], "status": "Success", "cost": "0",
             "messageId": f"ATXid_{r['n']}"}]}})

    @staticmethod
    def refused(r):
        return 201, json.dumps({"SMSMessageData": {"Message": "", "Recipients": [
            {"statusCode": 403, "number": r["to"], "status": "InvalidPhoneNumber", "messageId": "None"}]}})

    def to(self, number):
        return [r["message"] for r in self.sent if r["to"] == number]

    def wait_to(self, number, n=1, timeout=20):
        return wait_for(lambda: self.to(number) if len(self.to(number)) >= n else None, timeout,
                        f"{n} texts to {number} by the provider")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def block(port=None, name="line", like="africastalking", more=""):
    """A block like the shipped one; port: it sends there."""
    out = (f'outbound = {{ url = "http://127.0.0.1:{port}/send"; plain_http = true; user = "kujdestar"; '
           f'allow_private = "127.0.0.0/8"; password = "key-of-the-provider"; sender = "KUJDESTAR"; }};'
           if port else "")
    return f'{{ name = "{name}"; like = "{like}"; secret = "{SECRET}"; {out} {more} }}'


def with_sms(*blocks, edit=None):
    """For Edge(edit=...): the shipped patterns and these blocks."""
    def change(text):
        shipped = json.dumps(os.path.join(CONFIG_DIR, "providers_sms.cfg"))
        text = text.replace("files = {", f"files = {{ sms_providers = [ {shipped} ];", 1)
        text += "\nsms_providers = (\n" + ",\n".join(blocks) + "\n);\n"
        return edit(text) if edit else text
    return change


def without_modems(text):
    return re.sub(r"modems = \(.*?\n\);", "modems = ( );", text, flags=re.S)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def bring(edge, number, text, path=f"/sms/at/{SECRET}", **fields):
    """A text as the provider brings it: (status, headers, answer)."""
    body = urllib.parse.urlencode(dict({"from": number, "to": "50555", "text": text, "date": "2026-11-23",
                                        "linkId": "x"}, **fields))
    return edge.ask("POST", path, body, FORM)


JSON = {"Content-Type": "application/json"}


def bring_list(edge, messages, path=f"/sms/infobip/{SECRET}", timeout=20):
    """Texts in one request, as dicts or (number, text, id): (status, headers, answer)."""
    results = [m if not isinstance(m, tuple) else
               {"messageId": m[2], "from": m[0].lstrip("+"), "to": "50555", "text": m[1], "cleanText": m[1],
                "keyword": None, "receivedAt": "2026-11-23T08:00:00.000+0000", "smsCount": 1,
                "price": {"pricePerMessage": 0, "currency": "EUR"}, "callbackData": None} for m in messages]
    body = {"results": results, "messageCount": len(results), "pendingMessageCount": 0}
    return edge.ask("POST", path, json.dumps(body), JSON, timeout)


def report(edge, number_of_it, status, path=f"/sms/at/{SECRET}/report"):
    body = urllib.parse.urlencode({"id": number_of_it, "status": status, "phoneNumber": "x", "retryCount": "0"})
    return edge.ask("POST", path, body, FORM)
