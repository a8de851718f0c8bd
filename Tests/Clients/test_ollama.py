"""The `ollama` package against the server."""

import os
import shutil
from pathlib import Path

import ollama
import pytest

from conftest import MODEL


@pytest.fixture(scope="module")
def client(server):
    return ollama.Client(host=server.address)


def test_generate(client):
    answer = client.generate(model=MODEL, prompt="Name a colour.", options={"temperature": 0, "num_predict": 12})
    assert answer.response
    assert answer.done and answer.done_reason in ("stop", "length")
    assert answer.eval_count <= 12 and answer.prompt_eval_count > 0
    assert answer.total_duration >= answer.eval_duration > 0


def test_generate_streamed_equals_whole(client):
    options = {"temperature": 0, "num_predict": 12}
    whole = client.generate(model=MODEL, prompt="Name a colour.", options=options)
    parts = list(client.generate(model=MODEL, prompt="Name a colour.", options=options, stream=True))
    assert "".join(part.response for part in parts) == whole.response
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


def test_chat(client):
    messages = [{"role": "system", "content": "Answer with one word."}, {"role": "user", "content": "Say hello."}]
    options = {"temperature": 0, "num_predict": 8}
    whole = client.chat(model=MODEL, messages=messages, options=options)
    assert whole.message.role == "assistant" and whole.message.content
    parts = list(client.chat(model=MODEL, messages=messages, options=options, stream=True))
    assert "".join(part.message.content for part in parts) == whole.message.content


def test_raw_and_stop(client):
    answer = client.generate(
        model=MODEL, prompt="1 2 3 4 5 6", raw=True, options={"temperature": 0, "num_predict": 32, "stop": [" 9"]}
    )
    assert " 9" not in answer.response


def test_models(client):
    assert MODEL in [model.model for model in client.list().models]
    shown = client.show(MODEL)
    assert shown.details.family == "llama"
    assert "completion" in shown.capabilities
    assert shown.modelinfo["llama.block_count"] == 30
    assert MODEL in [model.model for model in client.ps().models]


def test_embed(client):
    texts = ["The cat sat on the mat.", "A cat is sitting on a rug."]
    together = client.embed(model=MODEL, input=texts)
    assert len(together.embeddings) == 2
    assert list(client.embed(model=MODEL, input=texts[0]).embeddings[0]) == list(together.embeddings[0])


def test_logprobs(client):
    options = {"temperature": 0, "num_predict": 6}
    answer = client.generate(model=MODEL, prompt="Name a colour.", options=options, logprobs=True, top_logprobs=3)
    assert len(answer.logprobs) == answer.eval_count
    for token in answer.logprobs:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 3
        # Greedy takes the likeliest.
        assert token.top_logprobs[0].logprob == pytest.approx(token.logprob)
    messages = [{"role": "user", "content": "Name a colour."}]
    parts = list(client.chat(model=MODEL, messages=messages, options=options, logprobs=True, stream=True))
    assert sum(len(part.logprobs or []) for part in parts) == parts[-1].eval_count


def test_copy_and_delete(start, tmp_path):
    """In a store of its own, whose files are those of the user's."""
    store = Path(os.environ.get("MULLAMA_MODELS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mullama/models")
    own = tmp_path / "models"
    shutil.copytree(store / "manifests", own / "manifests")
    (own / "blobs").mkdir()
    for blob in (store / "blobs").glob("sha256-*"):
        try:
            os.link(blob, own / "blobs" / blob.name)
        except OSError:
            shutil.copy(blob, own / "blobs" / blob.name)
    client = ollama.Client(host=start(environment={"MULLAMA_MODELS": str(own)}).address)
    assert client.copy(MODEL, "mine/copy:1").status == "success"
    names = {model.model: model.digest for model in client.list().models}
    assert names["mine/copy:1"] == names[MODEL]
    assert client.generate(model="mine/copy:1", prompt="Hi", options={"num_predict": 2}).response
    assert client.delete("mine/copy:1").status == "success"
    assert "mine/copy:1" not in [model.model for model in client.list().models]
    with pytest.raises(ollama.ResponseError) as error:
        client.delete("mine/copy:1")
    assert error.value.status_code == 404
    assert client.generate(model=MODEL, prompt="Hi", options={"num_predict": 2}).response


def test_load_and_unload(start):
    client = ollama.Client(host=start().address)
    loaded = client.generate(model=MODEL, prompt="")
    assert loaded.done and loaded.done_reason == "load"
    assert [model.model for model in client.ps().models] == [MODEL]
    unloaded = client.generate(model=MODEL, prompt="", keep_alive=0)
    assert unloaded.done_reason == "unload"
    assert client.ps().models == []
    assert client.generate(model=MODEL, prompt="Hi", options={"num_predict": 2}).response


def test_errors(client):
    with pytest.raises(ollama.ResponseError) as error:
        client.generate(model="nobody:1b", prompt="Hi")
    assert error.value.status_code == 404
    with pytest.raises(ollama.ResponseError) as error:
        client.generate(model=MODEL, prompt="Hi", format="json")
    assert error.value.status_code == 400 and "format" in error.value.error
    with pytest.raises(ollama.ResponseError) as error:
        client.generate(model=MODEL, prompt="word " * 5000)
    assert error.value.status_code == 400


def test_tools_are_refused_by_a_model_that_does_not_see_them(client):
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    with pytest.raises(ollama.ResponseError) as error:
        client.chat(model=MODEL, messages=[{"role": "user", "content": "Rain?"}], tools=[tool])
    assert error.value.status_code == 400 and "does not support tools" in error.value.error


def test_a_stream_that_fails(client, server):
    stream = client.generate(model=MODEL, prompt="Tell a long story.", stream=True, options={"num_predict": 1500})
    next(stream)
    (request,) = server.live()
    server.end(request["id"])
    with pytest.raises(ollama.ResponseError) as error:
        list(stream)
    assert "cancelled" in error.value.error


def test_a_stream_that_is_left_ends_its_work(client, server):
    stream = client.generate(model=MODEL, prompt="Tell a long story.", stream=True, options={"num_predict": 1500})
    next(stream)
    stream.close()
    assert server.wait_until_idle(5) < 1
