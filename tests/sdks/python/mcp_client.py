#!/usr/bin/env python3
"""Asks a server of MCP with the published client, and writes what it got as JSON: mcp_client.py URL TEXT…"""
import asyncio
import json
import sys

import mcp


async def talk(url, texts):
    async with mcp.Client(url) as client:
        tools = await client.list_tools()
        said = []
        for text in texts:
            answer = await client.call_tool("echo", {"text": text})
            said.append(answer.content[0].text)
        try:
            prompts = await client.list_prompts()
        except Exception as error:  # what a client raises for an error of JSON-RPC is what is tested
            prompts = str(error)
        return {"tools": [tool.name for tool in tools.tools], "said": said, "prompts": prompts}


print(json.dumps(asyncio.run(asyncio.wait_for(talk(sys.argv[1], sys.argv[2:]), 60))))
