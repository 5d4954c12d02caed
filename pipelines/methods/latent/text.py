"""The text side: CLIP's tokenizer with words of our captions, and a small CLIP text encoder.

The tokenizer knows all bytes, so it reads any prompt; each word of the grammar is one token.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from pipelines.contracts.latent import TextShape
from pipelines.diffusion.randomness import stream
from pipelines.scenes.grammar import all_captions
from pipelines.scenes.styles import STYLES

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"  # CLIP marks the end of a word, not its begin
STYLE_WORDS = ("drawing", "of", "style", "in", *STYLES)  # for the prompts of fine-tunes
AMPLE = 100_000  # tokens: merging ends when every word is one token


def byte_pairs(words: Iterable[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges of byte-pair encoding, trained until each word is one token.

    Merging word by word would not do: a merge of one word can fire earlier in another.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix=SUFFIX))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=AMPLE,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=alphabet,
        end_of_word_suffix=SUFFIX,
    )
    tokenizer.train_from_iterator(sorted(set(words)), trainer)
    merges = [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]
    merged = [left + right for left, right in merges]
    tokens = [*alphabet, *(letter + SUFFIX for letter in alphabet), *merged, BEGIN, END]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges


def words() -> set[str]:
    """Return every word of the grammar, and those of the styles."""
    return {word for caption in all_captions() for word in caption.text().split()} | {*STYLE_WORDS}


def write_vocabulary(folder: Path) -> None:
    """Write vocab.json and merges.txt, as CLIP's repositories have them."""
    vocabulary, merges = byte_pairs(words())
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["#version: 0.2", *(" ".join(merge) for merge in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    written = json.dumps(vocabulary, ensure_ascii=False, indent=0)
    (folder / "vocab.json").write_text(written + "\n", encoding="utf-8")


def tokenizer_of(shape: TextShape) -> CLIPTokenizer:
    """Return the tokenizer; the padding is the end token, as in Stable Diffusion."""
    vocabulary, merges = byte_pairs(words())
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=shape.tokens)


def fresh(shape: TextShape, tokenizer: CLIPTokenizer, seed: int) -> CLIPTextModel:
    """Return an untrained text encoder."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=4 * shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        max_position_embeddings=shape.tokens,
        projection_dim=shape.width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream("text", seed).initial_seed())
        return CLIPTextModel(config)
