"""`mistralai`: reads no variable, so the program passes the server's URL."""
import os

from mistralai.client import Mistral

MODEL = "mistral-small-latest"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def client(key):
    return Mistral(api_key=key, server_url=os.environ["LLM_CASSETTE_URL"] + "/mistral")


def user(question):
    return {"role": "user", "content": question}


def chat(client, model, question):
    return client.chat.complete(model=model, messages=[user(question)]).choices[0].message.content


def stream(client, model, question):
    with client.chat.stream(model=model, messages=[user(question)]) as events:
        return [event.data.choices[0].delta.content for event in events if event.data.choices[0].delta.content]


def tools(client, model, question):
    asked = client.chat.complete(model=model, messages=[user(question)], tools=[TOOL]).choices[0].message
    call = asked.tool_calls[0]
    told = {"role": "tool", "tool_call_id": call.id, "name": call.function.name, "content": "17 °C"}
    answer = client.chat.complete(model=model, messages=[user(question), asked, told], tools=[TOOL])
    return [call.id, call.function.name, call.function.arguments, answer.choices[0].message.content]


def embeddings(client, texts):
    return [item.embedding for item in client.embeddings.create(model="mistral-embed", inputs=texts).data]
