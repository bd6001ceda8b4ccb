"""How much a word says about a document: the term weight of BM25F, known when the document is indexed.

Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", section 3.6. The other half,
how rare the word is, is known when a query asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

K1 = 1.2


def term_weights(
    zones: Mapping[str, Sequence[str]], importance: Mapping[str, float], usual_length: Mapping[str, float]
) -> dict[str, float]:
    """Return the weight of each token, between 0 and 1.

    `zones` holds the tokens of each part of the document, `importance` how much an occurrence there counts, `usual_length` the
    length in tokens at which a part is neither long nor short.
    """
    frequency: defaultdict[str, float] = defaultdict(float)
    for zone, tokens in zones.items():
        length_factor = 0.4 + 0.6 * len(tokens) / usual_length[zone]
        for token, count in Counter(tokens).items():
            frequency[token] += importance[zone] * count / length_factor
    return {token: tf / (K1 + tf) for token, tf in frequency.items()}
