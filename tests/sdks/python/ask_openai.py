"""`openai`: OPENAI_BASE_URL."""
import openai

MODEL = "gpt-4o-mini"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def client(key):
    return openai.OpenAI(api_key=key)


def user(question):
    return {"role": "user", "content": question}


def chat(client, model, question):
    return client.chat.completions.create(model=model, messages=[user(question)]).choices[0].message.content


def stream(client, model, question):
    chunks = client.chat.completions.create(model=model, messages=[user(question)], stream=True)
    return [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]


def tools(client, model, question):
    asked = client.chat.completions.create(model=model, messages=[user(question)], tools=[TOOL]).choices[0].message
    call = asked.tool_calls[0]
    told = {"role": "tool", "tool_call_id": call.id, "content": "17 °C"}
    answer = client.chat.completions.create(model=model, messages=[user(question), asked, told], tools=[TOOL])
    return [call.id, call.function.name, call.function.arguments, answer.choices[0].message.content]


def embeddings(client, texts):
    return [item.embedding for item in client.embeddings.create(model="text-embedding-3-small", input=texts).data]
