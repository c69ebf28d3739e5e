"""`ollama`: OLLAMA_HOST. It has no parameter for a key: the header says whose cassette is meant."""
import ollama

MODEL = "llama3.2"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def client(key):
    return ollama.Client(headers={"authorization": f"Bearer {key}"})


def user(question):
    return {"role": "user", "content": question}


def chat(client, model, question):
    return client.chat(model=model, messages=[user(question)]).message.content


def stream(client, model, question):
    return [part.message.content for part in client.chat(model=model, messages=[user(question)], stream=True)]


def tools(client, model, question):
    asked = client.chat(model=model, messages=[user(question)], tools=[TOOL]).message
    call = asked.tool_calls[0].function
    told = {"role": "tool", "tool_name": call.name, "content": "17 °C"}
    answer = client.chat(model=model, messages=[user(question), asked, told], tools=[TOOL])
    return [call.name, dict(call.arguments), answer.message.content]


def embeddings(client, texts):
    return client.embed(model="nomic-embed-text", input=texts).embeddings
