"""`anthropic`: ANTHROPIC_BASE_URL. The provider has no embeddings."""
import anthropic

MODEL = "claude-haiku-4-5"
TOOL = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}


def client(key):
    return anthropic.Anthropic(api_key=key)


def user(content):
    return {"role": "user", "content": content}


def chat(client, model, question):
    return client.messages.create(model=model, max_tokens=100, messages=[user(question)]).content[0].text


def stream(client, model, question):
    with client.messages.stream(model=model, max_tokens=100, messages=[user(question)]) as events:
        return list(events.text_stream)


def tools(client, model, question):
    asked = client.messages.create(model=model, max_tokens=100, messages=[user(question)], tools=[TOOL])
    call = asked.content[0]
    told = user([{"type": "tool_result", "tool_use_id": call.id, "content": "17 °C"}])
    turns = [user(question), {"role": "assistant", "content": asked.content}, told]
    answer = client.messages.create(model=model, max_tokens=100, messages=turns, tools=[TOOL])
    return [call.id, call.name, call.input, answer.content[0].text]
