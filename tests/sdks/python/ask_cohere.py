"""`cohere`: CO_API_URL, which it reads when it is imported."""
import cohere

MODEL = "command-a-03-2025"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def client(key):
    return cohere.ClientV2(api_key=key)


def user(question):
    return {"role": "user", "content": question}


def chat(client, model, question):
    return client.chat(model=model, messages=[user(question)]).message.content[0].text


def stream(client, model, question):
    events = client.chat_stream(model=model, messages=[user(question)])
    return [event.delta.message.content.text for event in events if event.type == "content-delta"]


def tools(client, model, question):
    asked = client.chat(model=model, messages=[user(question)], tools=[TOOL]).message
    call = asked.tool_calls[0]
    told = {"role": "tool", "tool_call_id": call.id, "content": "17 °C"}
    answer = client.chat(model=model, messages=[user(question), asked, told], tools=[TOOL])
    return [call.id, call.function.name, call.function.arguments, answer.message.content[0].text]


def embeddings(client, texts):
    answer = client.embed(model="embed-v4.0", texts=texts, input_type="search_document", embedding_types=["float"])
    return answer.embeddings.float_
