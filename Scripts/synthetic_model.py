"""Writes a model of the shape of Llama-3.2-1B with random weights: python3 synthetic_model.py VOCABULARY.gguf OUT.gguf

The vocabulary and its merges are those of another model's file, padded to Llama's number of tokens, since the last layer's cost depends
on it. The weights are drawn one tensor after the other with a fixed seed, so that little memory is needed and the file is the same each time.
"""

import sys

import gguf
import numpy

VOCABULARY = 128_256
LAYERS, WIDTH, HIDDEN, HEADS, KV_HEADS, HEAD = 16, 2_048, 8_192, 32, 8, 64


def tensors():
    yield "token_embd.weight", (VOCABULARY, WIDTH)
    yield "output_norm.weight", (WIDTH,)
    for layer in range(LAYERS):
        name = f"blk.{layer}."
        yield name + "attn_norm.weight", (WIDTH,)
        yield name + "attn_q.weight", (HEADS * HEAD, WIDTH)
        yield name + "attn_k.weight", (KV_HEADS * HEAD, WIDTH)
        yield name + "attn_v.weight", (KV_HEADS * HEAD, WIDTH)
        yield name + "attn_output.weight", (WIDTH, HEADS * HEAD)
        yield name + "ffn_norm.weight", (WIDTH,)
        yield name + "ffn_gate.weight", (HIDDEN, WIDTH)
        yield name + "ffn_up.weight", (HIDDEN, WIDTH)
        yield name + "ffn_down.weight", (WIDTH, HIDDEN)


def add_tokenizer(writer, path):
    fields = gguf.GGUFReader(path).fields

    def value(key):
        return fields[key].contents() if key in fields else None

    tokens = value("tokenizer.ggml.tokens")
    types = value("tokenizer.ggml.token_type")
    for number in range(len(tokens), VOCABULARY):
        # An ordinary token with a text of its own: random weights choose it as often as any.
        tokens.append(f"\u0120w{number}")
        types.append(int(gguf.TokenType.NORMAL))
    writer.add_tokenizer_model(value("tokenizer.ggml.model"))
    writer.add_tokenizer_pre(value("tokenizer.ggml.pre") or "default")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(value("tokenizer.ggml.merges"))
    writer.add_bos_token_id(value("tokenizer.ggml.bos_token_id"))
    writer.add_eos_token_id(value("tokenizer.ggml.eos_token_id"))
    writer.add_add_bos_token(bool(value("tokenizer.ggml.add_bos_token")))


def main(vocabulary, out):
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_name("Random weights of the shape of Llama-3.2-1B")
    writer.add_vocab_size(VOCABULARY)
    writer.add_context_length(131_072)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(500_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(int(gguf.LlamaFileType.MOSTLY_F16))
    add_tokenizer(writer, vocabulary)

    # Norms stay in full precision, as in real files.
    def kind(shape):
        return numpy.dtype(numpy.float32 if len(shape) == 1 else numpy.float16)

    for name, shape in tensors():
        count = int(numpy.prod(shape))
        writer.add_tensor_info(name, shape, kind(shape), count * kind(shape).itemsize)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = numpy.random.default_rng(1)
    for name, shape in tensors():
        if len(shape) == 1:
            data = numpy.ones(shape, dtype=numpy.float32)
        else:
            data = (random.standard_normal(shape, dtype=numpy.float32) * 0.02).astype(numpy.float16)
        writer.write_tensor_data(data)
        print(name, flush=True)
    writer.close()


main(*sys.argv[1:])
