"""What published SDKs see, unmodified, when `llm-cassette serve` records and when it replays.

Every SDK runs the same small programs (`python/ask_*.py`, `node/ask_*.mjs`), eight at once, each with a cassette of its
own that its key names: first against a recording server with `stand_in.py` behind it, then, in the other order, against a
replaying one with nothing behind it, and at last with questions that nobody recorded. The tests compare what they saw.

    LLM_CASSETTE_BIN=target/debug/llm-cassette python3 -m pytest tests/sdks
"""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

import front
import stand_in

HERE = pathlib.Path(__file__).parent
PROGRAM = os.environ.get("LLM_CASSETTE_BIN", str(HERE.parent.parent / "target/debug/llm-cassette"))
LANGUAGES = {"python": [sys.executable, HERE / "python/run.py"], "node": ["node", HERE / "node/run.mjs"]}
REAL_KEY = "kept-by-the-server-4711"
RECORDED = "chat,stream,tools,embeddings,crowd"
REFUSED = "miss,missed-stream,error"
# Where the routes of the server lead while it records: what the cassettes say stays the provider's address.
ROUTES = ["openai", "anthropic", "gemini", "mistral", "cohere", "ollama", "bedrock", "azure", "groq", "together", "cerebras",
          "fireworks", "openrouter", "xai", "deepseek"]
KEYS = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY", "CO_API_KEY", "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY", "AZURE_OPENAI_API_KEY", "GROQ_API_KEY", "TOGETHER_API_KEY", "CEREBRAS_API_KEY",
        "FIREWORKS_API_KEY", "OPENROUTER_API_KEY", "XAI_API_KEY", "DEEPSEEK_API_KEY"]


# Settings that keep SDKs from asking others than us.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false"}


def variables(url):
    """What `docs/sdks.md` says."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| `(/[^`]*)` \|", (HERE.parent.parent / "docs/sdks.md").read_text(), re.M)
    assert len(rows) > 20, "the table of variables in docs/sdks.md"
    return {**QUIET, "LLM_CASSETTE_URL": url,
            **{name: url + value.replace("REGION", "us-east-1").replace("RESOURCE", "acme") for name, value in rows}}


def environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, **more}


class Server:
    """A running `llm-cassette serve`, and how it ended."""

    def __init__(self, folder, mode, *options):
        # A file takes all that it warns of, while a pipe that nobody reads would stop it.
        self.warned = open(folder / f"{mode}.txt", "w+")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--dir", folder / "cassettes", "--mode", mode, "--listen", "127.0.0.1:0", *options],
            cwd=folder, env=environment(**{key: REAL_KEY for key in KEYS}), stdout=subprocess.PIPE, stderr=self.warned, text=True)
        first = self.process.stdout.readline()
        assert first.startswith("listening on http://"), first
        self.url = first.removeprefix("listening on ").strip()

    def report(self):
        """What became of the requests of each cassette, by its name."""
        with urllib.request.urlopen(f"{self.url}/@/report") as report:
            return {each["name"]: each for each in json.load(report)["cassettes"]}

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.said, _ = self.process.communicate(timeout=60)
        self.warned.seek(0)
        self.said += self.warned.read()
        self.warned.close()
        self.code = self.process.returncode


def leading_to(behind):
    return [f"--upstream={route}=http://127.0.0.1:{behind.server_port}" for route in ROUTES]


@contextlib.contextmanager
def serving(*arguments):
    server = Server(*arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


# AWS's JavaScript SDK speaks HTTP/2, which `front.py` does not: it asks the server, whose report counts its requests.
DIRECT = "node-aws"


def saw(folder, url, *arguments, direct=None):
    """What the programs of all languages saw, by their names."""
    everything = {}
    for language in here():
        out = folder / f"{language}.json"
        told = variables(url)
        if language == "node" and direct:
            told["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = variables(direct)["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]
        run = subprocess.run([*LANGUAGES[language], out, *arguments], env=environment(**told), capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        everything |= json.loads(out.read_text())
    return everything


def here():
    return [language for language in LANGUAGES if language == "python" or (HERE / "node/node_modules").is_dir()]


class Runs:
    """The three runs, done once for all tests."""

    def __init__(self, folder):
        self.folder = folder
        behind = stand_in.start(REAL_KEY)
        with serving(folder, "record", *leading_to(behind)) as self.recording:
            self.recorded = saw(folder, self.recording.url, f"{RECORDED},error")
        with behind.lock:
            self.asked = list(behind.asked)
        behind.shutdown()
        self.cassettes = {path.stem: path.read_bytes() for path in (folder / "cassettes").glob("*.yaml")}
        with serving(folder, "replay") as self.replaying:
            self.replayed = saw(folder, self.replaying.url, RECORDED, "--backwards")
        with serving(folder, "replay") as self.refusing:
            counter = front.start(self.refusing.url)
            self.refused = saw(folder, f"http://127.0.0.1:{counter.server_port}", REFUSED, direct=self.refusing.url)
            asked = {name: each["requests"] for name, each in self.refusing.report().items()}
        self.counts = {name.removeprefix("sk-cassette-"): count for name, count in counter.counts.items()}
        self.counts |= {name: count for name, count in asked.items() if name.startswith(DIRECT)}
        counter.shutdown()


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("sdks"))


def sdks():
    for language, pattern in (("python", "ask_*.py"), ("node", "ask_*.mjs")):
        for path in sorted((HERE / language).glob(pattern)):
            missing = pytest.mark.skipif(language not in here(), reason="Node's packages are not installed")
            name = path.stem.removeprefix("ask_")
            yield pytest.param(f"{language}-{name}", marks=missing, id=f"{language} {name}")


every_sdk = pytest.mark.parametrize("sdk", list(sdks()))
WITHOUT_EMBEDDINGS = {"python-anthropic", "node-anthropic", "node-ai_anthropic"}


def replayed_as_recorded(runs, name):
    recorded, replayed = runs.recorded[name], runs.replayed[name]
    assert "got" in recorded, recorded
    assert replayed == recorded
    return recorded["got"]


@every_sdk
def test_two_identical_questions_are_replayed_with_their_two_answers(runs, sdk):
    first, second = replayed_as_recorded(runs, f"{sdk}-chat")
    assert first.endswith("Name three rivers.: Danube, Loire, Tagus")
    assert first != second


@every_sdk
def test_a_stream_comes_in_the_pieces_in_which_it_was_recorded(runs, sdk):
    pieces = replayed_as_recorded(runs, f"{sdk}-stream")
    assert [piece for piece in pieces if piece][1:] == stand_in.PIECES


@every_sdk
def test_a_tool_is_called_and_its_result_answered_as_recorded(runs, sdk):
    got = replayed_as_recorded(runs, f"{sdk}-tools")
    assert "weather" in got
    assert "17 °C: Danube" in got[-1]


@every_sdk
def test_embeddings_are_replayed_number_by_number(runs, sdk):
    if sdk in WITHOUT_EMBEDDINGS:
        pytest.skip("the provider has none")
    assert replayed_as_recorded(runs, f"{sdk}-embeddings") == [stand_in.VECTOR] * 2


@every_sdk
def test_an_error_of_the_provider_reaches_the_program_in_its_own_words(runs, sdk):
    error = runs.recorded[f"{sdk}-error"]
    assert error["status"] == 404
    assert "the model `no-such-model` does not exist" in error["message"]


@every_sdk
@pytest.mark.parametrize("asked", ["chat", "stream"])
def test_a_miss_surfaces_at_once_and_says_what_differs(runs, sdk, asked):
    error = runs.refused[f"{sdk}-{'miss' if asked == 'chat' else 'missed-stream'}"]
    assert error["status"] == 404
    assert "no recorded response" in error["message"]
    # Some SDKs show the body as it is, in which a line break is two characters.
    assert re.search(r"- Name three rivers\..*\+ Name four rivers\.", error["message"], re.S), error["message"]
    assert runs.counts[f"{sdk}-{asked}"] == 1


@every_sdk
def test_an_error_is_not_recorded_and_a_replay_says_so(runs, sdk):
    error = runs.refused[f"{sdk}-error"]
    assert error["status"] == 404
    assert f"{sdk}-error.yaml" in error["message"]
    assert "it was not recorded: HTTP 404" in error["message"]
    assert runs.counts[f"{sdk}-error"] == 1


def test_the_real_key_arrived(runs):
    # The stand-in has turned away what came with another; Ollama asks for none.
    assert {ask["key"] for ask in runs.asked if "/api/" not in ask["path"]} == {REAL_KEY}


@pytest.mark.parametrize("language", here())
def test_eight_that_ask_the_same_at_once_get_the_answers_that_each_got_before(runs, language):
    answers = [answer for number in range(8) for answer in replayed_as_recorded(runs, f"{language}-openai-crowd-{number}")]
    assert len(set(answers)) == 16


def test_each_program_has_a_cassette_of_its_own(runs):
    answered = {name for name, seen in runs.recorded.items() if "got" in seen}
    assert set(runs.cassettes) == answered


def test_no_cassette_holds_the_real_key_or_a_made_up_one(runs):
    for name, text in runs.cassettes.items():
        assert REAL_KEY.encode() not in text, name
        assert b"sk-cassette-" not in text, name


def test_cassettes_hold_the_addresses_of_the_providers(runs):
    assert all(b"127.0.0.1" not in text for text in runs.cassettes.values())


def test_a_server_ends_with_a_report_and_fails_if_something_was_refused(runs):
    assert runs.recording.code == 0, runs.recording.said
    assert runs.replaying.code == 0, runs.replaying.said
    assert runs.refusing.code == 1, runs.refusing.said


@pytest.mark.parametrize("language", here())
def test_a_run_leads_all_programs_to_their_cassettes_without_a_variable_of_ours(runs, language):
    out = runs.folder / f"{language}-run.json"
    command = [*LANGUAGES[language], out, RECORDED]
    # Without it, a run sets a token for Bedrock, which SDKs of AWS take before the keys that the programs give them.
    ran = subprocess.run([PROGRAM, "run", "--dir", runs.folder / "cassettes", "--mode", "replay", "--", *command],
                         env=environment(AWS_ACCESS_KEY_ID="any", **QUIET), cwd=runs.folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(out.read_text())
    assert seen == {name: runs.recorded[name] for name in seen}
    assert len(seen) > 20
