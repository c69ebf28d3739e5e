"""`google-genai`: GOOGLE_GEMINI_BASE_URL."""
from google import genai
from google.genai import types

MODEL = "gemini-2.5-flash"
WEATHER = types.Tool(function_declarations=[{"name": "weather", "parameters": {
    "type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}}])


def client(key):
    return genai.Client(api_key=key)


def chat(client, model, question):
    return client.models.generate_content(model=model, contents=question).text


def stream(client, model, question):
    return [chunk.text for chunk in client.models.generate_content_stream(model=model, contents=question)]


def tools(client, model, question):
    settings = types.GenerateContentConfig(tools=[WEATHER])
    asked = client.models.generate_content(model=model, contents=question, config=settings)
    call = asked.function_calls[0]
    told = types.Part.from_function_response(name=call.name, response={"result": "17 °C"})
    turns = [types.UserContent(question), asked.candidates[0].content, types.Content(role="user", parts=[told])]
    answer = client.models.generate_content(model=model, contents=turns, config=settings)
    return [call.name, call.args, answer.text]


def embeddings(client, texts):
    answer = client.models.embed_content(model="gemini-embedding-001", contents=texts)
    return [each.values for each in answer.embeddings]
