#!/usr/bin/env python3
"""Sees where SDKs and tools send their requests when the variables of `docs/sdks.md` are set, all of them at once.

    try_variables.py FOLDER [WORD…]

Installs the packages below into FOLDER (some gigabytes, some minutes; what is there already is taken as it is) and runs a
line of each against `stand_in.py`; with WORDs only those that have one of them in their names. Nothing leaves the machine
but the installation.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

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


def python(venv, code):
    return [FOLDER / venv / "bin/python", "-c", code]


def node(code):
    return ["node", "--input-type=module", "-e", code]


def openai_like(venv, make, model="m"):
    module = make.split(".")[0]
    return python(venv, f"import {module}, os\n{make}.chat.completions.create(model='{model}', {ASK})")


def langchain(module, name, model, more=""):
    return python("langchain", f"import os\nfrom {module} import {name} as C\nC(model='{model}'{more}).invoke('hi')")


def litellm(model, more=""):
    return python("sdks", f"import litellm\nlitellm.completion(model='{model}', {ASK}{more})")


def pydantic_ai(model):
    return python("agents", f"from pydantic_ai import Agent\nAgent('{model}').run_sync('hi')")


def langchain_js(module, name, model, more=""):
    return node(f"import {{ {name} as C }} from '{module}'; await new C({{ model: '{model}'{more} }}).invoke('hi')")


def ai(module, make, model="m"):
    return node(f"import * as p from '{module}'; import {{ generateText }} from 'ai'; const url = process.env.LLM_CASSETTE_URL;"
                f"await generateText({{ model: (p.{make})('{model}'), prompt: 'hi', maxRetries: 0 }})")


def tool(name, *arguments):
    return [FOLDER / "node_modules/.bin" / name, *arguments]


CHAT, RESPONSES, MESSAGES = "/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages"
CONVERSE = "/bedrock/us-east-1/model/amazon.nova-lite-v1%3A0/converse"
NOVA = "amazon.nova-lite-v1:0"
AIDER = "--no-git --yes-always --no-check-update --no-analytics --no-show-model-warnings --message hi --model".split()
AZURE = "/azure/acme/openai/deployments/m/chat/completions"

# Who asks, how, and where the request arrives.
TRIED = {
    "Groq, Python": (openai_like("clients", "groq.Groq()"), "/groq/openai/v1/chat/completions"),
    "Together, Python": (openai_like("clients", "together.Together()"), "/together/v1/v1/chat/completions"),
    "Cerebras, Python": (python("clients", f"from cerebras.cloud.sdk import Cerebras\nCerebras().chat.completions.create(model='m', {ASK})"), "/cerebras/v1/chat/completions"),
    "Fireworks, Python": (openai_like("clients", "fireworks.Fireworks()"), "/fireworks/v1/chat/completions"),
    "OpenRouter, Python": (python("clients", "import os, openrouter\nopenrouter.OpenRouter(api_key=os.environ['OPENROUTER_API_KEY'], server_url="
                                  f"os.environ['LLM_CASSETTE_URL'] + '/openrouter/api/v1').chat.send(model='m', {ASK})"), "/openrouter/api/v1/chat/completions"),
    "OpenAI for Azure, Python": (openai_like("sdks", "openai.AzureOpenAI(api_version='2024-10-21')"), AZURE),
    "Anthropic for Bedrock, Python": (python("sdks", f"import anthropic\nanthropic.AnthropicBedrock().messages.create(model='m', max_tokens=5, {ASK})"), "/bedrock/us-east-1/model/m/invoke"),
    "LangChain openai": (langchain("langchain_openai", "ChatOpenAI", "m"), CHAT),
    "LangChain anthropic": (langchain("langchain_anthropic", "ChatAnthropic", "m"), MESSAGES),
    "LangChain google": (langchain("langchain_google_genai", "ChatGoogleGenerativeAI", "m"), "/gemini/v1/models/m:generateContent"),
    "LangChain mistral": (langchain("langchain_mistralai", "ChatMistralAI", "m"), "/mistral/v1/chat/completions"),
    "LangChain ollama": (langchain("langchain_ollama", "ChatOllama", "m"), "/ollama/api/chat"),
    "LangChain groq": (langchain("langchain_groq", "ChatGroq", "m"), "/groq/openai/v1/openai/v1/chat/completions"),
    "LangChain cohere": (langchain("langchain_cohere", "ChatCohere", "m", ", base_url=os.environ['LLM_CASSETTE_URL'] + '/cohere'"), "/cohere/v2/chat"),
    "LangChain aws": (langchain("langchain_aws", "ChatBedrockConverse", NOVA), CONVERSE),
    "LangChain azure": (langchain("langchain_openai", "AzureChatOpenAI", "m", ", api_version='2024-10-21'"), AZURE),
    "LiteLLM gemini": (litellm("gemini/m"), "/gemini/v1beta/models/m:generateContent"),
    "LiteLLM mistral": (litellm("mistral/m"), "/mistral/v1/chat/completions"),
    "LiteLLM groq": (litellm("groq/m"), "/groq/openai/v1/chat/completions"),
    "LiteLLM ollama": (litellm("ollama_chat/m"), "/ollama/api/show"),
    "LiteLLM cohere": (litellm("cohere_chat/m"), "/cohere/v2/chat"),
    "LiteLLM openrouter": (litellm("openrouter/m/m"), "/openrouter/api/v1/chat/completions"),
    "LiteLLM xai": (litellm("xai/grok-4"), "/xai/v1/chat/completions"),
    "LiteLLM deepseek": (litellm("deepseek/deepseek-chat"), "/deepseek/beta/chat/completions"),
    "LiteLLM together": (litellm("together_ai/m/m"), "/together/v1/chat/completions"),
    "LiteLLM bedrock": (litellm(f"bedrock/converse/{NOVA}"), CONVERSE),
    "LiteLLM azure": (litellm("azure/m", ", api_version='2024-10-21'"), AZURE),
    "Pydantic AI openai": (pydantic_ai("openai:m"), RESPONSES),
    "Pydantic AI google": (pydantic_ai("google:m"), "/gemini/v1/models/m:generateContent"),
    "Pydantic AI groq": (pydantic_ai("groq:m"), "/groq/openai/v1/chat/completions"),
    "Pydantic AI cohere": (pydantic_ai("cohere:m"), "/cohere/v2/chat"),
    "Pydantic AI bedrock": (pydantic_ai(f"bedrock:{NOVA}"), CONVERSE),
    "Pydantic AI ollama": (pydantic_ai("ollama:m"), "/ollama/chat/completions"),
    "OpenAI's Agents, Python": (python("agents", "from agents import Agent, Runner\nRunner.run_sync(Agent(name='a', model='gpt-4o-mini'), 'hi')"), RESPONSES),
    "instructor": (python("agents", "import instructor\nfrom pydantic import BaseModel\nclass Place(BaseModel):\n  city: str\n"
                          f"instructor.from_provider('openai/gpt-4o-mini').create(response_model=Place, {ASK})"), CHAT),
    "LlamaIndex openai": (python("index", "from llama_index.llms.openai import OpenAI\nOpenAI(model='gpt-4o-mini').complete('hi')"), CHAT),
    "LlamaIndex ollama": (python("index", "import os\nfrom llama_index.llms.ollama import Ollama\nOllama(model='m', context_window=100, base_url="
                                 "os.environ['LLM_CASSETTE_URL'] + '/ollama').complete('hi')"), "/ollama/api/chat"),
    "DSPy": (python("index", "import dspy\ndspy.LM('openai/gpt-4o-mini')('hi')"), CHAT),
    "smolagents": (python("index", "from smolagents import OpenAIModel\nOpenAIModel('m').generate([{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}])"), CHAT),
    "Haystack": (python("more", "from haystack.components.generators.chat import OpenAIChatGenerator as G\nfrom haystack.dataclasses import ChatMessage\nG().run([ChatMessage.from_user('hi')])"), CHAT),
    "Strands": (python("more", "from strands import Agent\nfrom strands.models.openai import OpenAIModel\nAgent(model=OpenAIModel(model_id='m'))('hi')"), CHAT),
    "Agno": (python("more", "from agno.agent import Agent\nfrom agno.models.openai import OpenAIChat\nAgent(model=OpenAIChat(id='m'), telemetry=False).run('hi')"), CHAT),
    "llm": ([FOLDER / "llm/bin/llm", "--no-stream", "-m", "gpt-4o-mini", "hi"], CHAT),
    "llm-anthropic": ([FOLDER / "llm/bin/llm", "--no-stream", "-m", "claude-haiku-4.5", "hi"], MESSAGES),
    "aider openai": ([FOLDER / "aider/bin/aider", *AIDER, "openai/gpt-4o-mini"], CHAT),
    "aider anthropic": ([FOLDER / "aider/bin/aider", *AIDER, "anthropic/claude-haiku-4-5"], MESSAGES),
    "Groq, JavaScript": (node(f"import C from 'groq-sdk'; await new C().chat.completions.create({{ model: 'm', {JS_ASK} }})"), "/groq/openai/v1/chat/completions"),
    "Together, JavaScript": (node(f"import C from 'together-ai'; await new C().chat.completions.create({{ model: 'm', {JS_ASK} }})"), "/together/v1/chat/completions"),
    "Cohere, JavaScript": (node(f"import {{ CohereClientV2 as C }} from 'cohere-ai'; await new C({{ baseUrl: process.env.LLM_CASSETTE_URL + '/cohere' }}).chat({{ model: 'm', {JS_ASK} }})"), "/cohere/v2/chat"),
    "Mistral, JavaScript": (node("import { Mistral as C } from '@mistralai/mistralai'; await new C({ apiKey: process.env.MISTRAL_API_KEY, serverURL: process.env.LLM_CASSETTE_URL + '/mistral' })"
                                 f".chat.complete({{ model: 'm', {JS_ASK} }})"), "/mistral/v1/chat/completions"),
    "Ollama, JavaScript": (node("import { Ollama as C } from 'ollama'; await new C({ host: process.env.LLM_CASSETTE_URL + '/ollama', headers: { authorization: 'Bearer ' + process.env.OLLAMA_API_KEY } })"
                                f".chat({{ model: 'm', {JS_ASK} }})"), "/ollama/api/chat"),
    "OpenAI for Azure, JavaScript": (node(f"import {{ AzureOpenAI as C }} from 'openai'; await new C({{ apiVersion: '2024-10-21', baseURL: null }}).chat.completions.create({{ model: 'm', {JS_ASK} }})"), AZURE),
    "LangChain.js openai": (langchain_js("@langchain/openai", "ChatOpenAI", "m"), CHAT),
    "LangChain.js anthropic": (langchain_js("@langchain/anthropic", "ChatAnthropic", "m"), MESSAGES),
    "LangChain.js google": (langchain_js("@langchain/google-genai", "ChatGoogleGenerativeAI", "m", ", apiKey: process.env.GEMINI_API_KEY, baseUrl: process.env.LLM_CASSETTE_URL + '/gemini'"), "/gemini/v1beta/models/m:generateContent"),
    "LangChain.js mistral": (langchain_js("@langchain/mistralai", "ChatMistralAI", "m", ", serverURL: process.env.LLM_CASSETTE_URL + '/mistral'"), "/mistral/v1/chat/completions"),
    "LangChain.js ollama": (langchain_js("@langchain/ollama", "ChatOllama", "m", ", headers: { authorization: 'Bearer ' + process.env.OLLAMA_API_KEY }"), "/ollama/api/chat"),
    "ai google": (ai("@ai-sdk/google", "createGoogleGenerativeAI({ baseURL: url + '/gemini/v1beta' })"), "/gemini/v1beta/models/m:generateContent"),
    "ai mistral": (ai("@ai-sdk/mistral", "createMistral({ baseURL: url + '/mistral/v1' })"), "/mistral/v1/chat/completions"),
    "ai groq": (ai("@ai-sdk/groq", "createGroq({ baseURL: url + '/groq/openai/v1' })"), "/groq/openai/v1/chat/completions"),
    "ai xai": (ai("@ai-sdk/xai", "createXai({ baseURL: url + '/xai/v1' })"), "/xai/v1/chat/completions"),
    "ai deepseek": (ai("@ai-sdk/deepseek", "createDeepSeek({ baseURL: url + '/deepseek' })"), "/deepseek/chat/completions"),
    "ai cohere": (ai("@ai-sdk/cohere", "createCohere({ baseURL: url + '/cohere/v2' })"), "/cohere/v2/chat"),
    "ai togetherai": (ai("@ai-sdk/togetherai", "createTogetherAI({ baseURL: url + '/together/v1' })"), "/together/v1/chat/completions"),
    "ai azure": (ai("@ai-sdk/azure", "createAzure({ baseURL: url + '/azure/acme/openai/v1' })"), "/azure/acme/openai/v1/responses"),
    "ai bedrock": (ai("@ai-sdk/amazon-bedrock", "bedrock", NOVA), CONVERSE),
    "ai openrouter": (ai("@openrouter/ai-sdk-provider", "createOpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, baseURL: url + '/openrouter/api/v1' })"), "/openrouter/api/v1/chat/completions"),
    "OpenAI's Agents, JavaScript": (node("import { Agent, run, setTracingDisabled } from '@openai/agents'; setTracingDisabled(true); await run(new Agent({ name: 'a', model: 'm' }), 'hi')"), RESPONSES),
    "LlamaIndex.js openai": (node(f"import {{ openai }} from '@llamaindex/openai'; await openai({{ model: 'gpt-4o-mini' }}).chat({{ {JS_ASK} }})"), CHAT),
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


def run(server, who):
    command, expected = TRIED[who]
    name = "".join(letter if letter.isalnum() else "-" for letter in who)
    key, home = f"sk-cassette-{name}", FOLDER / "homes" / name
    (home / ".gemini").mkdir(parents=True, exist_ok=True)
    (home / ".gemini/settings.json").write_text('{"security": {"auth": {"selectedType": "gemini-api-key"}}}')
    url = f"http://127.0.0.1:{server.server_port}"
    environment = {**test_sdks.variables(url), "PATH": os.environ["PATH"], "HOME": str(home), "LLM_USER_PATH": str(home), "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "none", "HAYSTACK_TELEMETRY_ENABLED": "False",
                   "OPENAI_AGENTS_DISABLE_TRACING": "1", **{f"{provider}_API_KEY": key for provider in KEYS}}
    command = [str(part).replace("URL/openai", f"{url}/openai") for part in command]
    own_folder = command[0].startswith(str(FOLDER / "node_modules")) or "aider" in command[0]
    try:
        ran = subprocess.run(command, env=environment, cwd=home if own_folder else FOLDER, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        said = ran.stderr
    except subprocess.TimeoutExpired as late:
        said = f"not done within a minute: {late.stderr}"
    with server.lock:
        asked = [ask for ask in server.asked if ask["key"] == key]
    arrived = [ask for ask in asked if ask["path"].startswith(expected)]
    return bool(arrived), f"{who}: {arrived[0]['path']} ({', '.join(arrived[0]['key_in'])})" if arrived else f"{who}: asked {[ask['path'] for ask in asked]}, not {expected}\n{said[-600:]}"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    install()
    server = stand_in.start()
    chosen = [who for who in TRIED if len(sys.argv) < 3 or any(word in who for word in sys.argv[2:])]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda who: run(server, who), chosen))
    for good, line in results:
        print("ok    " if good else "FAILED", line)
    failed = sum(not good for good, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
