"""`langchain-openai`: OPENAI_BASE_URL."""
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

MODEL = "gpt-4o-mini"


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return "17 °C"


def client(key):
    return key


def chat(client, model, question):
    return ChatOpenAI(model=model, api_key=client).invoke(question).content


def stream(client, model, question):
    return [chunk.content for chunk in ChatOpenAI(model=model, api_key=client).stream(question) if chunk.content]


def tools(client, model, question):
    able = ChatOpenAI(model=model, api_key=client).bind_tools([weather])
    asked = able.invoke(question)
    call = asked.tool_calls[0]
    answer = able.invoke([HumanMessage(question), asked, ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"])])
    return [call["id"], call["name"], call["args"], answer.content]


def embeddings(client, texts):
    # Counting tokens would fetch a table from a host of its own.
    model = OpenAIEmbeddings(model="text-embedding-3-small", api_key=client, check_embedding_ctx_length=False)
    return model.embed_documents(texts)
