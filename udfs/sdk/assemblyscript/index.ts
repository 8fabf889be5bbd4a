// What functions import: `import { Arguments, Batch, Filter, … } from "quidditch"`.

export { Arguments } from "./arguments";
export { Batch } from "./batch";
export { AnyColumn, Column, ColumnBuilder, ColumnRequest, Kind, Texts, TextsBuilder } from "./column";
export { Parameter, describe } from "./parameter";
export { Filter, Range, Scorer, Values, filter, scorer, values } from "./roles";
