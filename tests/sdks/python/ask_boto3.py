"""`boto3`: AWS_ENDPOINT_URL_BEDROCK_RUNTIME. The id of the access key says whose cassette is meant."""
import json

import boto3

MODEL = "amazon.nova-lite-v1:0"
TOOL = {"toolSpec": {"name": "weather", "inputSchema": {"json": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}}


def client(key):
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key="none", region_name="us-east-1")
    return session.client("bedrock-runtime")


def user(*content):
    return {"role": "user", "content": list(content)}


def chat(client, model, question):
    answer = client.converse(modelId=model, messages=[user({"text": question})])
    return answer["output"]["message"]["content"][0]["text"]


def stream(client, model, question):
    events = client.converse_stream(modelId=model, messages=[user({"text": question})])["stream"]
    return [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]


def tools(client, model, question):
    settings = {"tools": [TOOL]}
    asked = client.converse(modelId=model, messages=[user({"text": question})], toolConfig=settings)["output"]["message"]
    call = asked["content"][0]["toolUse"]
    told = user({"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": "17 °C"}]}})
    answer = client.converse(modelId=model, messages=[user({"text": question}), asked, told], toolConfig=settings)
    return [call["toolUseId"], call["name"], call["input"], answer["output"]["message"]["content"][0]["text"]]


def embeddings(client, texts):
    answers = [client.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=json.dumps({"inputText": text})) for text in texts]
    return [json.loads(answer["body"].read())["embedding"] for answer in answers]
