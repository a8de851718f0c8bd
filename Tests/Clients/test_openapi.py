"""The description of the API, as tools for OpenAPI read it."""

from openapi_spec_validator import validate


def test_it_is_valid(server):
    document = server.get("/openapi.json")
    validate(document)
    assert {"/v1/chat/completions", "/api/chat", "/health", "/openapi.json"} <= document["paths"].keys()
