"""What a sentence says of sizes and of order: multiples, degrees, superlatives, comparatives.

Words are looked up in tables, place by place; nothing here searches with patterns, so that a
sentence takes a time proportional to its length.
"""

from pipelines.planlint.wording.lexicon import Kind, Said, said
from pipelines.planlint.wording.sentences import Sentence, sentences

__all__ = ["Kind", "Said", "Sentence", "said", "sentences"]
