"""Which records are probably one person's, where no rule can tell: scored pairs.

Records come before customers, so this is no `ModelSpec`: it has its own step, between
what records say of people (`identity.match_records`) and who is who. Frames in, frames
out: the run writes the pairs to `ml.identity_pairs`.
"""

from ml.matching.pairs import PAIRS, RECORDS, MatchResult, match

__all__ = ["PAIRS", "RECORDS", "MatchResult", "match"]
