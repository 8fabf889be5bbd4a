"""The values of a field with a percentage added."""

from quidditch import Batch, Column, Field, InvalidArgument, Values, export, parameter


class AddPercentage(Values[float]):
    field: Field = parameter("The number field to read.")
    rate: float = parameter("The percentage to add; at least -100.")

    def bind(self) -> None:
        if self.rate < -100:
            raise InvalidArgument("parameter [rate] must not be less than -100")
        self.numbers = self.floats(self.field)
        self.factor = 1 + self.rate / 100

    def compute(self, batch: Batch) -> Column[float]:
        factor = self.factor
        numbers = batch[self.numbers]
        # A document has as many values as its field, and none without a value.
        return numbers.with_values([number * factor for number in numbers.values])


export(AddPercentage, summary="The values of `field` with `rate` percent added.")
