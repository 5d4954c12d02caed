"""The text side: CLIP's tokenizer with words of our captions, and a small CLIP text encoder.

The tokenizer knows all bytes, so it reads any prompt; each word of the grammar is one token.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from pipelines.contracts.latent import TextShape
from pipelines.diffusion.randomness import stream
from pipelines.scenes.grammar import all_captions
from pipelines.scenes.styles import STYLES

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"  # CLIP marks the end of a word, not its begin
STYLE_WORDS = ("drawing", "of", "style", "in", *STYLES)  # for the prompts of fine-tunes


def byte_pairs(words: Iterable[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges of byte-pair encoding, trained until each word is one token.

    Merging word by word would not do: a merge of one word can fire earlier in another.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = _merges([[*word[:-1], word[-1] + SUFFIX] for word in sorted(set(words))])
    merged = [left + right for left, right in merges]
    tokens = [*alphabet, *(letter + SUFFIX for letter in alphabet), *merged, BEGIN, END]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges


def _merges(spelled: list[list[str]]) -> list[tuple[str, str]]:
    """Return the merges that make one token of every word, the most frequent pair first.

    Of equally frequent pairs the first in the alphabet: the trainer of `tokenizers` leaves that
    to chance, and then the numbers of tokens differ from process to process.
    """
    merges = list[tuple[str, str]]()
    while True:
        pairs = Counter(pair for word in spelled for pair in pairwise(word))
        if not pairs:
            return merges
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        spelled = [_joined(word, best) for word in spelled]


def _joined(word: list[str], pair: tuple[str, str]) -> list[str]:
    """Return a word with every occurrence of a pair as one token, from left to right."""
    result = list[str]()
    for token in word:
        if result and (result[-1], token) == pair:
            result[-1] += token
        else:
            result.append(token)
    return result


def grammar_words() -> set[str]:
    """Return every word of the grammar, and those of the styles."""
    return {word for caption in all_captions() for word in caption.text().split()} | {*STYLE_WORDS}


def write_vocabulary(folder: Path) -> None:
    """Write vocab.json and merges.txt, as CLIP's repositories have them."""
    vocabulary, merges = byte_pairs(grammar_words())
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["#version: 0.2", *(" ".join(merge) for merge in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    written = json.dumps(vocabulary, ensure_ascii=False, indent=0)
    (folder / "vocab.json").write_text(written + "\n", encoding="utf-8")


def tokenizer_of(shape: TextShape) -> CLIPTokenizer:
    """Return the tokenizer; the padding is the end token, as in Stable Diffusion."""
    vocabulary, merges = byte_pairs(grammar_words())
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=shape.tokens)


def new_text_encoder(shape: TextShape, tokenizer: CLIPTokenizer, seed: int) -> CLIPTextModel:
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
