import { list } from "./abi";
import { Call } from "./call";
import { Case, Column, Texts } from "./column";
import { panic } from "./log";

/** The size of a column in memory. */
const COLUMN: u32 = 36;

/** The documents of one call, up to 4,096. Columns have the index that they have in the function's `columns`. */
export class Batch extends Call {
  constructor(
    /** The number of documents. */
    readonly length: i32,
    private readonly firstColumn: usize,
    private readonly columnCount: u32,
  ) {
    super();
  }

  booleans(column: u32): Column<bool> {
    return this.column<bool>(column, Case.Booleans);
  }

  integers(column: u32): Column<i64> {
    return this.column<i64>(column, Case.Integers);
  }

  floats(column: u32): Column<f64> {
    return this.column<f64>(column, Case.Floats);
  }

  /** Milliseconds since the Unix epoch. */
  dates(column: u32): Column<i64> {
    return this.column<i64>(column, Case.Integers);
  }

  texts(column: u32): Texts {
    const at = this.at(column, Case.Texts);
    return new Texts(list<u32>(at + 4), list<u32>(at + 12), list<u8>(at + 20), list<u32>(at + 28));
  }

  private column<T>(column: u32, expected: Case): Column<T> {
    const at = this.at(column, expected);
    return new Column<T>(list<T>(at + 4), list<u32>(at + 28));
  }

  private at(column: u32, expected: Case): usize {
    const at = this.firstColumn + column * COLUMN;
    if (column >= this.columnCount || load<u8>(at) != expected) panic("this column was not requested");
    return at;
  }
}
