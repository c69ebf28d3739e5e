"""`litellm`: OPENAI_BASE_URL, ANTHROPIC_BASE_URL and others."""
import litellm

MODEL = "openai/gpt-4o-mini"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def client(key):
    return key


def user(question):
    return {"role": "user", "content": question}


def chat(client, model, question):
    # The other provider, for once.
    model = model.replace(MODEL, "anthropic/claude-haiku-4-5").replace("no-such", "anthropic/no-such")
    answer = litellm.completion(model=model, api_key=client, messages=[user(question)])
    return answer.choices[0].message.content


def stream(client, model, question):
    chunks = litellm.completion(model=model, api_key=client, messages=[user(question)], stream=True)
    return [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]


def tools(client, model, question):
    asked = litellm.completion(model=model, api_key=client, messages=[user(question)], tools=[TOOL]).choices[0].message
    call = asked.tool_calls[0]
    told = {"role": "tool", "tool_call_id": call.id, "content": "17 °C"}
    answer = litellm.completion(model=model, api_key=client, messages=[user(question), asked, told], tools=[TOOL])
    return [call.id, call.function.name, call.function.arguments, answer.choices[0].message.content]


def embeddings(client, texts):
    answer = litellm.embedding(model="openai/text-embedding-3-small", api_key=client, input=texts)
    return [item["embedding"] for item in answer.data]
