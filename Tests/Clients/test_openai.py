"""The `openai` package against the server."""

import json
import threading
import time

import httpx
import openai
import pytest

from conftest import MODEL


@pytest.fixture(scope="module")
def client(server):
    return openai.OpenAI(base_url=f"{server.address}/v1", api_key="unused", max_retries=0, timeout=120)


def ask(client, content="Name a colour.", **options):
    options = {"max_tokens": 16, "temperature": 0, **options}
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}], **options)


def test_chat(client):
    answer = ask(client)
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content.strip()
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.completion_tokens <= 16
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.model == MODEL


def test_chat_streamed_equals_whole(client):
    whole = ask(client)
    stream = ask(client, stream=True, stream_options={"include_usage": True})
    parts = list(stream)
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text == whole.choices[0].message.content
    assert parts[0].choices[0].delta.role == "assistant"
    assert parts[-1].choices == []
    assert parts[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(part.usage is None for part in parts[:-1])
    assert len({part.id for part in parts}) == 1


def test_chat_parts_and_roles(client):
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You answer with one word."},
            {"role": "user", "content": [{"type": "text", "text": "Say "}, {"type": "text", "text": "hello."}]},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Again."},
        ],
        max_completion_tokens=8,
    )
    assert answer.choices[0].message.content


def test_choices_are_all_counted(client):
    answer = ask(client, n=3, temperature=1, seed=1, max_tokens=8)
    assert sorted(choice.index for choice in answer.choices) == [0, 1, 2]
    one = ask(client, temperature=1, seed=1, max_tokens=8)
    assert answer.usage.prompt_tokens == one.usage.prompt_tokens
    assert answer.usage.completion_tokens > one.usage.completion_tokens


def test_chat_logprobs(client):
    answer = ask(client, logprobs=True, top_logprobs=3, max_tokens=6)
    content = answer.choices[0].logprobs.content
    assert len(content) == answer.usage.completion_tokens
    for token in content:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 3
        # Greedy takes the likeliest.
        assert token.top_logprobs[0].logprob == pytest.approx(token.logprob)
        assert bytes(token.bytes).decode(errors="replace") == token.token or "\ufffd" in token.token
    assert "".join(token.token for token in content).startswith(answer.choices[0].message.content[:3])


def test_seed(client):
    first, second = (ask(client, temperature=1.5, seed=42).choices[0].message.content for _ in range(2))
    assert first == second


def test_completions(client):
    answer = client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0)
    assert answer.object == "text_completion"
    assert answer.choices[0].text
    streamed = client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0, stream=True)
    assert "".join(part.choices[0].text for part in streamed) == answer.choices[0].text


def test_completions_of_a_list(client):
    prompts = ["Once upon a time", "The capital of France is"]
    together = client.completions.create(model=MODEL, prompt=prompts, max_tokens=8, temperature=0)
    alone = [client.completions.create(model=MODEL, prompt=prompt, max_tokens=8, temperature=0) for prompt in prompts]
    assert [choice.index for choice in together.choices] == [0, 1]
    assert [choice.text for choice in together.choices] == [answer.choices[0].text for answer in alone]
    assert together.usage.prompt_tokens == sum(answer.usage.prompt_tokens for answer in alone)
    assert together.usage.completion_tokens == sum(answer.usage.completion_tokens for answer in alone)


def test_completions_echo_with_logprobs(client):
    prompt = "The quick brown fox"
    answer = client.completions.create(model=MODEL, prompt=prompt, max_tokens=4, temperature=0, echo=True, logprobs=2)
    choice = answer.choices[0]
    assert choice.text.startswith(prompt)
    logprobs = choice.logprobs
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) == len(logprobs.text_offset)
    assert len(logprobs.tokens) == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert logprobs.token_logprobs[0] is None
    assert all(value <= 0 for value in logprobs.token_logprobs[1:])
    assert "".join(logprobs.tokens) == choice.text


def test_a_prompt_is_scored(client):
    answer = client.completions.create(model=MODEL, prompt="Paris is in France", max_tokens=0, echo=True, logprobs=0)
    assert answer.choices[0].text == "Paris is in France"
    assert answer.usage.completion_tokens == 0


def test_completions_of_tokens(client, server):
    tokens = json.loads(server.post("/tokenize", {"content": "Once upon a time"})[2])["tokens"]
    by_tokens = client.completions.create(model=MODEL, prompt=tokens, max_tokens=8, temperature=0)
    by_text = client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0)
    assert by_tokens.choices[0].text == by_text.choices[0].text


def test_a_rendered_conversation_is_answered_as_the_conversation_is(client, server):
    messages = [{"role": "system", "content": "Answer with one word."}, {"role": "user", "content": "Name a colour."}]
    prompt = json.loads(server.post("/apply-template", {"messages": messages})[2])["prompt"]
    chat = client.chat.completions.create(model=MODEL, messages=messages, max_tokens=12, temperature=0)
    completion = client.completions.create(model=MODEL, prompt=prompt, max_tokens=12, temperature=0)
    assert "<|im_start|>" in prompt
    assert completion.usage.prompt_tokens == chat.usage.prompt_tokens
    assert completion.choices[0].text == chat.choices[0].message.content
    plain = client.completions.create(model=MODEL, prompt=prompt, max_tokens=1, extra_body={"parse_special": False})
    assert plain.usage.prompt_tokens > chat.usage.prompt_tokens


def test_stop(client):
    answer = client.completions.create(model=MODEL, prompt="1 2 3 4 5 6", max_tokens=32, temperature=0, stop=[" 9"])
    assert " 9" not in answer.choices[0].text
    assert answer.choices[0].finish_reason == "stop"


def test_models(client):
    names = [model.id for model in client.models.list()]
    assert MODEL in names
    assert client.models.retrieve(MODEL).id == MODEL
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nobody:1b")


def test_embeddings(client):
    texts = ["The cat sat on the mat.", "A cat is sitting on a rug.", "Quarterly revenue rose by twelve percent."]
    together = client.embeddings.create(model=MODEL, input=texts).data
    alone = [client.embeddings.create(model=MODEL, input=text).data[0].embedding for text in texts]
    assert [item.index for item in together] == [0, 1, 2]
    assert [item.embedding for item in together] == alone
    lists = client.embeddings.create(model=MODEL, input=texts, encoding_format="float").data
    assert lists[0].embedding == pytest.approx(alone[0], abs=1e-6)

    def likeness(a, b):
        return sum(x * y for x, y in zip(a, b))

    assert likeness(alone[0], alone[0]) == pytest.approx(1, abs=1e-4)
    assert likeness(alone[0], alone[1]) > likeness(alone[0], alone[2])


def test_errors(client):
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "Hi"}])
    assert error.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, "word " * 5000)
    assert error.value.code == "context_length_exceeded"
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, temperature=-3)
    assert error.value.param == "temperature"
    with pytest.raises(openai.BadRequestError) as error:
        client.completions.create(model=MODEL, prompt="Hi", best_of=4)
    assert error.value.param == "best_of"


def test_tools_are_refused_by_a_model_that_does_not_see_them(client):
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, "Rain?", tools=[tool])
    assert error.value.param == "tools"


def test_a_stream_that_fails(client, server):
    stream = iter(ask(client, "Tell a long story.", stream=True, max_tokens=1500, extra_body={"ignore_eos": True}))
    assert next(stream).choices[0].delta.role == "assistant"
    assert next(stream).choices[0].delta.content
    (request,) = server.live()
    server.end(request["id"])
    with pytest.raises(openai.APIError) as error:
        list(stream)
    assert "cancelled" in error.value.message


def test_a_stream_that_is_left_ends_its_work(client, server):
    stream = ask(client, "Tell a long story.", stream=True, max_tokens=1500, extra_body={"ignore_eos": True})
    next(iter(stream))
    assert server.live()
    stream.close()
    assert server.wait_until_idle(5) < 1


def test_a_request_that_is_left_ends_its_work(client, server):
    left = threading.Event()

    def leave():
        with pytest.raises(openai.APITimeoutError):
            ask(client.with_options(timeout=0.5), "Tell a long story.", max_tokens=1500, extra_body={"ignore_eos": True})
        left.set()

    thread = threading.Thread(target=leave)
    thread.start()
    left.wait(30)
    assert server.wait_until_idle(5) < 1
    thread.join()


def test_many_at_once(client):
    """More than there are slots: those that wait are served too, and all are as when alone."""
    questions = [f"What is {number} plus {number}?" for number in range(12)]
    alone = [ask(client, question).choices[0].message.content for question in questions]
    answers = [None] * len(questions)

    def run(index):
        answers[index] = ask(client, questions[index]).choices[0].message.content

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers)
    # Whether they are equal to the letter depends on the model's reproducibility on this machine; all that is promised by default
    # is that there is an answer for each.
    assert len(alone) == len(answers)


def test_a_stream_leaves_its_connection_usable(server):
    with httpx.Client(base_url=server.address) as client:
        ports = set()
        for _ in range(3):
            with client.stream("POST", "/v1/completions", json={"prompt": "Hi", "max_tokens": 2, "stream": True}) as answer:
                ports.add(answer.extensions["network_stream"].get_extra_info("client_addr")[1])
                assert answer.read().endswith(b"data: [DONE]\n\n")
        assert len(ports) == 1


def test_streams_begin_at_once_behind_a_long_prompt(client):
    """While a long prompt is read, a short one is answered."""
    thread = threading.Thread(target=lambda: ask(client, "word " * 1500, max_tokens=4))
    thread.start()
    time.sleep(0.2)
    begin = time.monotonic()
    next(iter(ask(client, "Hello!", stream=True, max_tokens=4)))
    first = time.monotonic() - begin
    thread.join()
    assert first < 3
