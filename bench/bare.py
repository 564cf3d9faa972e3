"""The floor: an ASGI application that reads a body and answers, and does nothing else."""

from typing import Any

ANSWER = b'{"received":true}'


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Read the whole body, answer 201."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})
