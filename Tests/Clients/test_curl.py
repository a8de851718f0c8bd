"""What people type into a shell."""

import json
import os
import subprocess


def run(script, server):
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=120, env={**os.environ, "ADDRESS": server.address}
    )


def test_the_guides_loop(start):
    """S32: the loop of the guide as it stands there, without a model and without a Content-Type, on the port that it names."""
    server = start("--parallel", "4")
    loop = """
for prompt in "Hello" "Hi" "Hey"; do
  curl -s http://localhost:8080/v1/completions \\
    -d "{\\"prompt\\": \\"$prompt\\", \\"max_tokens\\": 200}" &
done
wait
"""
    answers = run(loop.replace("http://localhost:8080", server.address.replace("127.0.0.1", "localhost")), server)
    decoder, rest, found = json.JSONDecoder(), answers.stdout.strip(), []
    while rest:
        answer, end = decoder.raw_decode(rest)
        found.append(answer)
        rest = rest[end:].strip()
    assert len(found) == 3
    assert all(answer["choices"][0]["text"] for answer in found)


def test_a_stream(server):
    answer = run("""curl -sN $ADDRESS/v1/chat/completions -d '{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4, "stream": true}'""", server)
    lines = [line for line in answer.stdout.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "data: [DONE]"
    assert all(json.loads(line[6:])["object"] == "chat.completion.chunk" for line in lines[:-1])


def test_what_is_not_there(server):
    answer = run("curl -s -o /dev/null -w '%{http_code} %header{allow}' $ADDRESS/v1/completions", server)
    assert answer.stdout == "405 POST"
    answer = run("curl -s $ADDRESS/nothing", server)
    assert json.loads(answer.stdout)["error"]["type"] == "invalid_request_error"


def test_what_is_not_json(server):
    for body in ["{", "[]", '"text"', "{'prompt': 'x'}", '{"prompt": "\\ud800"}', "[" * 10000]:
        status, _, answer = server.post("/v1/completions", body.encode())
        assert status == 400, body[:40]
        assert json.loads(answer)["error"]["message"]
    status, _, _ = server.post("/v1/completions", b'{"prompt": "\xff"}')
    assert status == 400
