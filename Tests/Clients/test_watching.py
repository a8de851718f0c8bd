"""What operators read, as their tools read it."""

from prometheus_client.parser import text_string_to_metric_families

from conftest import MODEL


def test_metrics(server):
    def tokens():
        families = {family.name: family for family in text_string_to_metric_families(server.text("/metrics"))}
        assert all(family.documentation and family.type != "unknown" for family in families.values())
        samples = families["mullama_completion_tokens"].samples
        return families, sum(sample.value for sample in samples if sample.labels["model"] == MODEL)

    # A model that was never asked has no series yet.
    server.post("/v1/completions", {"prompt": "Hi", "max_tokens": 1})
    _, before = tokens()
    server.post("/v1/completions", {"prompt": "Hi", "max_tokens": 5, "ignore_eos": True})
    families, after = tokens()
    assert after == before + 5
    buckets = [sample for sample in families["mullama_time_to_first_token_seconds"].samples if sample.name.endswith("_bucket")]
    counts = [sample.value for sample in buckets if sample.labels["model"] == MODEL]
    assert counts == sorted(counts) and counts[-1] > 0
    assert buckets[-1].labels["le"] == "+Inf"


def test_explain(server):
    name = "test-explain"
    status, headers, _ = server.post("/v1/completions", {"prompt": "Hi", "max_tokens": 5}, headers={"X-Request-Id": name})
    assert status == 200 and headers["X-Request-Id"] == name
    assert {part.split(";")[0].strip() for part in headers["Server-Timing"].split(",")} == {"load", "queue", "prefill", "decode"}
    lines = server.text(f"/requests/{name}/explain").splitlines()
    assert lines[0].startswith(f"{name} · ") and MODEL in lines[0]
    assert lines[1].startswith("Took ")
    for part in ["load", "queue", "prefill", "decode"]:
        assert any(line.strip().startswith(part) for line in lines), part
