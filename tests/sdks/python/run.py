#!/usr/bin/env python3
"""Runs the program of each SDK (`ask_*.py`), eight at once, and writes what each of them saw as JSON.

    run.py OUT PROMISES [--backwards]

PROMISES is a list such as `chat,stream,crowd`; a crowd are eight that ask the same at once. Programs find the server by
the variables that their SDKs read, and say by their key whose cassette they mean.
"""
import concurrent.futures
import importlib
import json
import pathlib
import sys
import traceback

QUESTION = "Name three rivers."
WEATHER = "What is the weather in Lisbon?"
# A question that its cassette does not hold is put to the one of another program, so that there is something near.
CASSETTES = {"miss": "chat", "missed-stream": "stream"}


def once(sdk, name, promise):
    name = name.removesuffix(promise) + CASSETTES[promise] if promise in CASSETTES else name
    client = sdk.client(f"sk-cassette-{name}")
    if promise == "chat":
        # The same question again is a recording of its own.
        return [sdk.chat(client, sdk.MODEL, QUESTION) for _ in range(2)]
    if promise == "stream":
        return sdk.stream(client, sdk.MODEL, QUESTION)
    if promise == "tools":
        return sdk.tools(client, sdk.MODEL, WEATHER)
    if promise == "embeddings":
        return sdk.embeddings(client, ["Danube", "Loire"])
    if promise == "error":
        return sdk.chat(client, "no-such-model", QUESTION)
    if promise == "miss":
        return sdk.chat(client, sdk.MODEL, "Name four rivers.")
    if promise == "missed-stream":
        return sdk.stream(client, sdk.MODEL, "Name four rivers.")
    raise ValueError(promise)


def seen(sdk, name, promise):
    try:
        return {"got": once(sdk, name, promise)}
    except Exception as error:  # what an SDK raises is what is tested
        status = next((getattr(error, field) for field in ("status_code", "code") if isinstance(getattr(error, field, None), int)), None)
        if response := getattr(error, "response", None):
            if isinstance(response, dict):
                status = response["ResponseMetadata"]["HTTPStatusCode"]
        return {"raised": type(error).__name__, "status": status, "message": str(error), "trace": traceback.format_exc()[-2000:]}


def main():
    here = pathlib.Path(__file__).parent
    sys.path.insert(0, str(here))
    sdks = {path.stem.removeprefix("ask_"): importlib.import_module(path.stem) for path in sorted(here.glob("ask_*.py"))}
    out, promises = sys.argv[1], sys.argv[2].split(",")
    jobs = [(sdk, f"python-{sdk}-{promise}", promise) for sdk in sdks for promise in promises
            if promise != "crowd" and (promise != "embeddings" or hasattr(sdks[sdk], "embeddings"))]
    if "crowd" in promises:
        jobs += [("openai", f"python-openai-crowd-{number}", "chat") for number in range(8)]
    if "--backwards" in sys.argv:
        jobs.reverse()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda job: (job[1], seen(sdks[job[0]], *job[1:])), jobs))
    pathlib.Path(out).write_text(json.dumps(dict(results), indent=1))


main()
