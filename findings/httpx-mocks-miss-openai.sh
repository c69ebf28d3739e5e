#!/usr/bin/env bash
# Mocks made for httpx do not see the calls of OpenAI's Python SDK.
#
# One expects: respx and pytest-httpx, which the tests of LLM programs have used for years, catch the
#   SDK's calls, so that nothing leaves the machine.
# What happens: the SDK is built on httpx2, another package with other classes. The call goes past the
#   mocks to the network, with the real key. They complain, if at all, that nobody used them, and that
#   is after the call.
# Seen with: openai 3.57.0, httpx2 2.16.2, respx 0.23.1, pytest-httpx 0.36.2; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check \
  openai==3.57.0 httpx2==2.16.2 respx==0.23.1 pytest-httpx==0.36.2 httpx==0.28.1

cat > server.py <<'PY'
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = {"id": "from-the-network", "object": "chat.completion", "created": 1, "model": "m", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}]}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def start():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1"
PY

cat > test_mocks.py <<'PY'
import httpx, openai, pytest, respx, server

MOCKED = {**server.ANSWER, "id": "from-the-mock"}

def ask(url):
    client = openai.OpenAI(base_url=url, api_key="test", max_retries=0)
    return client.chat.completions.create(model="m", messages=[]).id

def test_respx_catches_httpx_but_not_the_sdk():
    url = server.start()
    with respx.mock(assert_all_called=False) as mock:
        route = mock.post(f"{url}/chat/completions").mock(return_value=httpx.Response(200, json=MOCKED))
        by_httpx = httpx.post(f"{url}/chat/completions", json={}).json()["id"]
        by_sdk = ask(url)
    print("respx: httpx gets", by_httpx, "- the SDK gets", by_sdk, "- calls seen:", route.call_count)
    assert (by_httpx, by_sdk, route.call_count) == ("from-the-mock", "from-the-network", 1)

@pytest.mark.httpx_mock(assert_all_responses_were_requested=False)
def test_pytest_httpx_catches_httpx_but_not_the_sdk(httpx_mock):
    url = server.start()
    httpx_mock.add_response(json=MOCKED, is_reusable=True)
    by_httpx = httpx.post(f"{url}/chat/completions", json={}).json()["id"]
    by_sdk = ask(url)
    print("pytest-httpx: httpx gets", by_httpx, "- the SDK gets", by_sdk)
    assert (by_httpx, by_sdk) == ("from-the-mock", "from-the-network")
PY
venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E '^(openai|httpx2?|respx|pytest-httpx) '
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python -m pytest -q -s -p no:cacheprovider test_mocks.py
