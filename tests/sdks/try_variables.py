#!/usr/bin/env python3
"""Sees where SDKs and tools send their requests when the variables of `docs/sdks.md` are set, all of them at once.

    try_variables.py FOLDER [--through] [WORD…]

Installs the packages below into FOLDER (some gigabytes, some minutes; what is there already is taken as it is) and runs a
line of each against `stand_in.py`; with --through against `llm-cassette serve` in front of that, which has to record them;
with WORDs only those that have one of them in their names. Nothing leaves the machine but the installation.
"""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import stand_in
import test_sdks

# A line is an environment of its own where packages do not go together.
PYTHON = {
    "sdks": "-r requirements.txt",
    "clients": "cerebras_cloud_sdk==1.91.0 fireworks-ai==1.2.30 groq==1.7.0 openrouter==1.3.84 together==3.1.1",
    "langchain": "langchain-anthropic==1.7.10 langchain-aws==1.9.1 langchain-cohere==0.6.0 langchain-google-genai==4.4.3 "
                 "langchain-groq==1.1.3 langchain-mistralai==1.1.6 langchain-ollama==1.1.0 langchain-openai==1.7.4",
    "agents": "pydantic-ai-slim[openai,google,mistral,groq,cohere,bedrock]==2.38.0 instructor==1.17.0 openai-agents==0.24.0",
    "index": "llama-index-llms-openai==0.8.3 llama-index-llms-ollama==0.11.0 dspy==3.4.1 smolagents[openai]==1.26.0",
    "more": "haystack-ai==3.4.1 strands-agents[openai]==1.62.0 agno==3.1.10",
    "llm": "llm==0.36 llm-anthropic==0.30",
    "aider": "aider-chat==0.86.2",
}
NODE = """groq-sdk@1.6.0 together-ai@0.52.0 cohere-ai@8.1.0 @mistralai/mistralai@2.7.0 ollama@0.6.4 openai@6.49.0
@aws-sdk/client-bedrock-runtime@3.1164.0 @langchain/core@1.4.0 @langchain/openai@1.5.8 @langchain/anthropic@1.5.11
@langchain/google-genai@2.3.2 @langchain/mistralai@1.2.0 @langchain/ollama@1.3.0 ai@6.0.326 @ai-sdk/google@3.0.141
@ai-sdk/mistral@3.0.69 @ai-sdk/groq@3.0.71 @ai-sdk/xai@3.0.138 @ai-sdk/deepseek@2.0.69 @ai-sdk/cohere@3.0.63
@ai-sdk/togetherai@2.0.84 @ai-sdk/azure@3.0.128 @ai-sdk/amazon-bedrock@4.0.186 @openrouter/ai-sdk-provider@2.10.0
@openai/agents@0.20.0 @llamaindex/openai@0.4.22 @anthropic-ai/claude-code@2.1.197 @openai/codex@0.171.0
@google/gemini-cli@0.61.0 opencode-ai@1.18.33""".split()
FOLDER = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path("variables")
ASK = 'messages=[{"role": "user", "content": "hi"}]'
JS_ASK = "messages: [{ role: 'user', content: 'hi' }]"
KEYS = """OPENAI ANTHROPIC GEMINI GOOGLE_GENERATIVE_AI MISTRAL CO COHERE GROQ TOGETHER TOGETHERAI TOGETHER_AI CEREBRAS FIREWORKS
OPENROUTER XAI DEEPSEEK AZURE_OPENAI AZURE CODEX OLLAMA""".split()


def python(venv, *lines):
    return [FOLDER / venv / "bin/python", "-c", "\n".join(["import os", "url = os.environ['LLM_CASSETTE_URL']", *lines])]


def node(*lines):
    return ["node", "--input-type=module", "-e", "\n".join([*lines[:-1], "const url = process.env.LLM_CASSETTE_URL", lines[-1]])]


def openai_like(venv, make):
    """A Python SDK with the methods of OpenAI's."""
    return python(venv, f"import {make.split('.')[0]}", f"{make}.chat.completions.create(model='m', {ASK})")


def openai_like_js(named, module, make="new C()"):
    return node(f"import {named} from '{module}'", f"await {make}.chat.completions.create({{ model: 'm', {JS_ASK} }})")


def langchain(module, name, model="m", more=""):
    return python("langchain", f"from {module} import {name} as C", f"C(model='{model}'{more}).invoke('hi')")


def langchain_js(module, name, more=""):
    return node(f"import {{ {name} as C }} from '{module}'", f"await new C({{ model: 'm'{more} }}).invoke('hi')")


def litellm(model, more=""):
    return python("sdks", "import litellm", f"litellm.completion(model='{model}', {ASK}{more})")


def pydantic_ai(model):
    return python("agents", "from pydantic_ai import Agent", f"Agent('{model}').run_sync('hi')")


def ai(module, make, model="m"):
    return node(f"import * as p from '{module}'", "import { generateText } from 'ai'",
                f"await generateText({{ model: (p.{make})('{model}'), prompt: 'hi', maxRetries: 0 }})")


def tool(name, *arguments):
    return [FOLDER / "node_modules/.bin" / name, *arguments]


CHAT, RESPONSES, MESSAGES = "/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages"
GEMINI, GEMINI_BETA = "/gemini/v1/models/m:generateContent", "/gemini/v1beta/models/m:generateContent"
MISTRAL, GROQ, OPENROUTER = "/mistral/v1/chat/completions", "/groq/openai/v1/chat/completions", "/openrouter/api/v1/chat/completions"
CONVERSE = "/bedrock/us-east-1/model/amazon.nova-lite-v1%3A0/converse"
AZURE = "/azure/acme/openai/deployments/m/chat/completions"
NOVA = "amazon.nova-lite-v1:0"
AIDER = "--no-git --yes-always --no-check-update --no-analytics --no-show-model-warnings --message hi --model".split()
OLLAMA_KEY = "headers: { authorization: 'Bearer ' + process.env.OLLAMA_API_KEY }"

# Who asks, how, and where the request arrives.
TRIED = {
    # Python
    "Groq, Python": (openai_like("clients", "groq.Groq()"), GROQ),
    "Together, Python": (openai_like("clients", "together.Together()"), "/together/v1/v1/chat/completions"),
    "Cerebras, Python": (python(
        "clients", "from cerebras.cloud.sdk import Cerebras", f"Cerebras().chat.completions.create(model='m', {ASK})"),
        "/cerebras/v1/chat/completions"),
    "Fireworks, Python": (openai_like("clients", "fireworks.Fireworks()"), "/fireworks/v1/chat/completions"),
    "OpenRouter, Python": (python(
        "clients", "from openrouter import OpenRouter", "key = os.environ['OPENROUTER_API_KEY']",
        f"OpenRouter(api_key=key, server_url=url + '/openrouter/api/v1').chat.send(model='m', {ASK})"), OPENROUTER),
    "OpenAI for Azure, Python": (openai_like("sdks", "openai.AzureOpenAI(api_version='2024-10-21')"), AZURE),
    "Anthropic for Bedrock, Python": (python(
        "sdks", "import anthropic", f"anthropic.AnthropicBedrock().messages.create(model='m', max_tokens=5, {ASK})"),
        "/bedrock/us-east-1/model/m/invoke"),
    "LangChain openai": (langchain("langchain_openai", "ChatOpenAI"), CHAT),
    "LangChain anthropic": (langchain("langchain_anthropic", "ChatAnthropic"), MESSAGES),
    "LangChain google": (langchain("langchain_google_genai", "ChatGoogleGenerativeAI"), GEMINI),
    "LangChain mistral": (langchain("langchain_mistralai", "ChatMistralAI"), MISTRAL),
    "LangChain ollama": (langchain("langchain_ollama", "ChatOllama"), "/ollama/api/chat"),
    "LangChain groq": (langchain("langchain_groq", "ChatGroq"), "/groq/openai/v1/openai/v1/chat/completions"),
    "LangChain cohere": (langchain("langchain_cohere", "ChatCohere", more=", base_url=url + '/cohere'"), "/cohere/v2/chat"),
    "LangChain aws": (langchain("langchain_aws", "ChatBedrockConverse", NOVA), CONVERSE),
    "LangChain azure": (langchain("langchain_openai", "AzureChatOpenAI", more=", api_version='2024-10-21'"), AZURE),
    "LiteLLM gemini": (litellm("gemini/m"), GEMINI_BETA),
    "LiteLLM mistral": (litellm("mistral/m"), MISTRAL),
    "LiteLLM groq": (litellm("groq/m"), GROQ),
    "LiteLLM ollama": (litellm("ollama_chat/m"), "/ollama/api/show"),
    "LiteLLM cohere": (litellm("cohere_chat/m"), "/cohere/v2/chat"),
    "LiteLLM openrouter": (litellm("openrouter/m/m"), OPENROUTER),
    "LiteLLM xai": (litellm("xai/grok-4"), "/xai/v1/chat/completions"),
    "LiteLLM deepseek": (litellm("deepseek/deepseek-chat"), "/deepseek/beta/chat/completions"),
    "LiteLLM together": (litellm("together_ai/m/m"), "/together/v1/chat/completions"),
    "LiteLLM bedrock": (litellm(f"bedrock/converse/{NOVA}"), CONVERSE),
    "LiteLLM azure": (litellm("azure/m", ", api_version='2024-10-21'"), AZURE),
    "Pydantic AI openai": (pydantic_ai("openai:m"), RESPONSES),
    "Pydantic AI google": (pydantic_ai("google:m"), GEMINI),
    "Pydantic AI groq": (pydantic_ai("groq:m"), GROQ),
    "Pydantic AI cohere": (pydantic_ai("cohere:m"), "/cohere/v2/chat"),
    "Pydantic AI bedrock": (pydantic_ai(f"bedrock:{NOVA}"), CONVERSE),
    "Pydantic AI ollama": (pydantic_ai("ollama:m"), "/ollama/chat/completions"),
    "OpenAI's Agents, Python": (python(
        "agents", "from agents import Agent, Runner", "Runner.run_sync(Agent(name='a', model='gpt-4o-mini'), 'hi')"), RESPONSES),
    "instructor": (python(
        "agents", "import instructor", "from pydantic import BaseModel", "class Place(BaseModel):", "    city: str",
        f"instructor.from_provider('openai/gpt-4o-mini').create(response_model=Place, {ASK})"), CHAT),
    "LlamaIndex openai": (python(
        "index", "from llama_index.llms.openai import OpenAI", "OpenAI(model='gpt-4o-mini').complete('hi')"), CHAT),
    "LlamaIndex ollama": (python(
        "index", "from llama_index.llms.ollama import Ollama",
        "Ollama(model='m', context_window=100, base_url=url + '/ollama').complete('hi')"), "/ollama/api/chat"),
    "DSPy": (python("index", "import dspy", "dspy.LM('openai/gpt-4o-mini')('hi')"), CHAT),
    "smolagents": (python(
        "index", "from smolagents import OpenAIModel",
        "OpenAIModel('m').generate([{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}])"), CHAT),
    "Haystack": (python(
        "more", "from haystack.components.generators.chat import OpenAIChatGenerator", "from haystack.dataclasses import ChatMessage",
        "OpenAIChatGenerator().run([ChatMessage.from_user('hi')])"), CHAT),
    "Strands": (python(
        "more", "from strands import Agent", "from strands.models.openai import OpenAIModel",
        "Agent(model=OpenAIModel(model_id='m'))('hi')"), CHAT),
    "Agno": (python(
        "more", "from agno.agent import Agent", "from agno.models.openai import OpenAIChat",
        "Agent(model=OpenAIChat(id='m'), telemetry=False).run('hi')"), CHAT),
    "llm": ([FOLDER / "llm/bin/llm", "--no-stream", "-m", "gpt-4o-mini", "hi"], CHAT),
    "llm-anthropic": ([FOLDER / "llm/bin/llm", "--no-stream", "-m", "claude-haiku-4.5", "hi"], MESSAGES),
    "aider openai": ([FOLDER / "aider/bin/aider", *AIDER, "openai/gpt-4o-mini"], CHAT),
    "aider anthropic": ([FOLDER / "aider/bin/aider", *AIDER, "anthropic/claude-haiku-4-5"], MESSAGES),
    # JavaScript
    "Groq, JavaScript": (openai_like_js("C", "groq-sdk"), GROQ),
    "Together, JavaScript": (openai_like_js("C", "together-ai"), "/together/v1/chat/completions"),
    "OpenAI for Azure, JavaScript": (
        openai_like_js("{ AzureOpenAI as C }", "openai", "new C({ apiVersion: '2024-10-21', baseURL: null })"), AZURE),
    "Cohere, JavaScript": (node(
        "import { CohereClientV2 as C } from 'cohere-ai'",
        f"await new C({{ baseUrl: url + '/cohere' }}).chat({{ model: 'm', {JS_ASK} }})"), "/cohere/v2/chat"),
    "Mistral, JavaScript": (node(
        "import { Mistral as C } from '@mistralai/mistralai'", "const apiKey = process.env.MISTRAL_API_KEY",
        f"await new C({{ apiKey, serverURL: url + '/mistral' }}).chat.complete({{ model: 'm', {JS_ASK} }})"), MISTRAL),
    "Ollama, JavaScript": (node(
        "import { Ollama as C } from 'ollama'",
        f"await new C({{ host: url + '/ollama', {OLLAMA_KEY} }}).chat({{ model: 'm', {JS_ASK} }})"), "/ollama/api/chat"),
    "LangChain.js openai": (langchain_js("@langchain/openai", "ChatOpenAI"), CHAT),
    "LangChain.js anthropic": (langchain_js("@langchain/anthropic", "ChatAnthropic"), MESSAGES),
    "LangChain.js google": (langchain_js(
        "@langchain/google-genai", "ChatGoogleGenerativeAI", ", apiKey: process.env.GEMINI_API_KEY, baseUrl: url + '/gemini'"), GEMINI_BETA),
    "LangChain.js mistral": (langchain_js("@langchain/mistralai", "ChatMistralAI", ", serverURL: url + '/mistral'"), MISTRAL),
    "LangChain.js ollama": (langchain_js("@langchain/ollama", "ChatOllama", f", {OLLAMA_KEY}"), "/ollama/api/chat"),
    "ai google": (ai("@ai-sdk/google", "createGoogleGenerativeAI({ baseURL: url + '/gemini/v1beta' })"), GEMINI_BETA),
    "ai mistral": (ai("@ai-sdk/mistral", "createMistral({ baseURL: url + '/mistral/v1' })"), MISTRAL),
    "ai groq": (ai("@ai-sdk/groq", "createGroq({ baseURL: url + '/groq/openai/v1' })"), GROQ),
    "ai xai": (ai("@ai-sdk/xai", "createXai({ baseURL: url + '/xai/v1' })"), "/xai/v1/chat/completions"),
    "ai deepseek": (ai("@ai-sdk/deepseek", "createDeepSeek({ baseURL: url + '/deepseek' })"), "/deepseek/chat/completions"),
    "ai cohere": (ai("@ai-sdk/cohere", "createCohere({ baseURL: url + '/cohere/v2' })"), "/cohere/v2/chat"),
    "ai togetherai": (ai("@ai-sdk/togetherai", "createTogetherAI({ baseURL: url + '/together/v1' })"), "/together/v1/chat/completions"),
    "ai azure": (ai("@ai-sdk/azure", "createAzure({ baseURL: url + '/azure/acme/openai/v1' })"), "/azure/acme/openai/v1/responses"),
    "ai bedrock": (ai("@ai-sdk/amazon-bedrock", "bedrock", NOVA), CONVERSE),
    "ai openrouter": (ai(
        "@openrouter/ai-sdk-provider",
        "createOpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, baseURL: url + '/openrouter/api/v1' })"), OPENROUTER),
    "OpenAI's Agents, JavaScript": (node(
        "import { Agent, run, setTracingDisabled } from '@openai/agents'", "setTracingDisabled(true)",
        "await run(new Agent({ name: 'a', model: 'm' }), 'hi')"), RESPONSES),
    "LlamaIndex.js openai": (node(
        "import { openai } from '@llamaindex/openai'", f"await openai({{ model: 'gpt-4o-mini' }}).chat({{ {JS_ASK} }})"), CHAT),
    # Tools
    "Claude Code": (tool("claude", "-p", "hi"), MESSAGES),
    "Codex": (tool("codex", "exec", "--skip-git-repo-check", "-c", 'openai_base_url="URL/openai/v1"', "hi"), RESPONSES),
    "Gemini CLI": (tool("gemini", "--skip-trust", "-p", "hi"), "/gemini/v1beta/models/"),
    "opencode openai": (tool("opencode", "run", "-m", "openai/gpt-4o-mini", "hi"), RESPONSES),
    "opencode anthropic": (tool("opencode", "run", "-m", "anthropic/claude-haiku-4-5", "hi"), "/anthropic/messages"),
}


def install():
    for name, packages in PYTHON.items():
        if not (FOLDER / name).is_dir():
            subprocess.run([sys.executable, "-m", "venv", FOLDER / name], check=True)
            subprocess.run([FOLDER / name / "bin/pip", "install", "--quiet", *packages.split()], check=True, cwd=test_sdks.HERE / "python")
    if not (FOLDER / "node_modules").is_dir():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", FOLDER, *NODE], check=True)


def run(url, who):
    """Runs a line of TRIED, and gives the name of its cassette and what it said."""
    name = "".join(letter if letter.isalnum() else "-" for letter in who)
    key, home = f"sk-cassette-{name}", FOLDER / "homes" / name
    # DSPy keeps answers there, and would ask nobody the next time.
    shutil.rmtree(home, ignore_errors=True)
    (home / ".gemini").mkdir(parents=True)
    (home / ".gemini/settings.json").write_text('{"security": {"auth": {"selectedType": "gemini-api-key"}}}')
    environment = {
        **test_sdks.variables(url), **{f"{provider}_API_KEY": key for provider in KEYS},
        "PATH": os.environ["PATH"], "HOME": str(home), "LLM_USER_PATH": str(home),
        "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "HAYSTACK_TELEMETRY_ENABLED": "False", "OPENAI_AGENTS_DISABLE_TRACING": "1",
    }
    command = [str(part).replace("URL/openai", f"{url}/openai") for part in TRIED[who][0]]
    own_folder = command[0].startswith(str(FOLDER / "node_modules")) or "aider" in command[0]
    try:
        ran = subprocess.run(command, env=environment, cwd=home if own_folder else FOLDER, timeout=60, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True)
        return name, ran.stderr
    except subprocess.TimeoutExpired as late:
        return name, f"not done within a minute: {late.stderr}"


def arrived(behind, who):
    """Whether a request arrives where TRIED says."""
    name, said = run(f"http://127.0.0.1:{behind.server_port}", who)
    with behind.lock:
        asked = [ask for ask in behind.asked if ask["key"] == f"sk-cassette-{name}"]
    there = [ask for ask in asked if ask["path"].startswith(TRIED[who][1])]
    if there:
        return True, f"{who}: {there[0]['path']} ({', '.join(there[0]['key_in'])})"
    return False, f"{who}: asked {[ask['path'] for ask in asked]}, not {TRIED[who][1]}\n{said[-600:]}"


def recorded(server, who):
    """Whether the server has recorded what was asked."""
    name, said = run(server.url, who)
    report = server.report().get(name, {})
    line = f"{who}: {report.get('requests', 0)} asked, {report.get('recorded', 0)} recorded"
    if report.get("recorded"):
        return True, line
    return False, f"{line} {report.get('skipped')}\n{said[-600:]}"


def main():
    words = [word for word in sys.argv[2:] if word != "--through"]
    chosen = [who for who in TRIED if not words or any(word in who for word in words)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    install()
    behind = stand_in.start()
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(2))
        if "--through" in sys.argv:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = stack.enter_context(test_sdks.serving(folder, "record", *test_sdks.leading_to(behind)))
            results = list(pool.map(lambda who: recorded(server, who), chosen))
        else:
            results = list(pool.map(lambda who: arrived(behind, who), chosen))
    for good, line in results:
        print("ok    " if good else "FAILED", line)
    failed = sum(not good for good, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
