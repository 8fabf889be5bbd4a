"""Adds the logarithm of a field to the score."""

from math import log1p

from quidditch import Batch, Field, InvalidArgument, Scorer, export, parameter


class AddLogarithm(Scorer):
    field: Field = parameter("The number field to read; of several values, the largest counts.")
    factor: float = parameter("What the logarithm is multiplied by; not negative.", default=1.0)

    # Without this, `batch.scores` is empty.
    needs_score = True

    def bind(self) -> None:
        if self.factor < 0:
            raise InvalidArgument("parameter [factor] must not be negative")
        self.numbers = self.floats(self.field)

    def score(self, batch: Batch) -> list[float]:
        factor = self.factor
        # A document without a value keeps its score: the logarithm of 1 + 0 is 0.
        largest = batch[self.numbers].largest(0.0)
        return [score + factor * log1p(max(number, 0.0)) for score, number in zip(batch.scores, largest)]


export(AddLogarithm, summary="Adds `factor` * ln(1 + the largest value of `field`) to the score.")
