import { storeRecords, storeText } from "./abi";

/** In the order of the contract. */
const enum ParameterKind {
  Boolean,
  Integer,
  Float,
  Text,
  Integers,
  Floats,
  Texts,
  Json,
  Field,
}

/** The size of a parameter in memory: see `store`. */
const PARAMETER: u32 = 48;

/** A parameter of a function. It is required, unless `optional` or `defaultsTo` says otherwise. */
export class Parameter {
  private required: bool = true;
  private defaultValue: DefaultValue | null = null;

  private constructor(
    private readonly kind: ParameterKind,
    private readonly name: string,
    private readonly summary: string,
  ) {}

  static boolean(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Boolean, name, summary);
  }

  static integer(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Integer, name, summary);
  }

  static float(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Float, name, summary);
  }

  static text(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Text, name, summary);
  }

  static integers(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Integers, name, summary);
  }

  static floats(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Floats, name, summary);
  }

  static texts(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Texts, name, summary);
  }

  /** Any JSON, passed as text. */
  static json(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Json, name, summary);
  }

  /** The name of a field, as a text; the host checks that the index has it. */
  static field(name: string, summary: string): Parameter {
    return new Parameter(ParameterKind.Field, name, summary);
  }

  /** A clause may omit it: `Arguments.has` says whether it does. */
  optional(): Parameter {
    this.required = false;
    return this;
  }

  /** What the host passes if a clause omits it: a value, or an array, of the parameter's kind. */
  defaultsTo<T>(value: T): Parameter {
    this.defaultValue = new DefaultOf<T>(value);
    return this.optional();
  }

  store(at: usize): void {
    storeText(at, this.name);
    store<u8>(at, this.kind, 8);
    store<bool>(at, this.required, 9);
    const defaultValue = this.defaultValue;
    if (defaultValue) {
      store<u8>(at, 1, 16);
      // The case of a value is the kind of the parameter, except that the name of a field is a text.
      store<u8>(at, this.kind == ParameterKind.Field ? ParameterKind.Text : this.kind, 24);
      defaultValue.store(at + 32, this.kind);
    }
    storeText(at + 40, this.summary);
  }
}

abstract class DefaultValue {
  abstract store(at: usize, kind: ParameterKind): void;
}

class DefaultOf<T> extends DefaultValue {
  constructor(private readonly value: T) {
    super();
  }

  store(at: usize, kind: ParameterKind): void {
    const value = this.value;
    if (isArray<T>()) {
      // @ts-ignore: an array
      const items: i32 = value.length;
      const first = changetype<usize>(new StaticArray<u64>(items));
      // @ts-ignore: an array
      for (let i = 0; i < items; i++) storeScalar(first + 8 * i, value[i], kind == ParameterKind.Floats);
      store<usize>(at, first);
      store<u32>(at, items, 4);
    } else {
      storeScalar(at, value, kind == ParameterKind.Float);
    }
  }
}

/** Literals such as `1` are integers, also where the parameter is a float. */
function storeScalar<T>(at: usize, value: T, asFloat: bool): void {
  if (isString<T>()) {
    storeText(at, value as string);
  } else if (asFloat) {
    store<f64>(at, value as f64);
  } else {
    store<i64>(at, value as i64);
  }
}

let functionSummary = "";
let functionParameters: StaticArray<Parameter> = [];
let functionMemory: u32 = 0;

/**
 * Describes the function to people and to the host. Call it once, at the top level.
 *
 * `memoryMib` is the memory that an instance may need, in MiB; 0 is what the host grants by default.
 */
export function describe(summary: string, parameters: StaticArray<Parameter>, memoryMib: u32 = 0): void {
  functionSummary = summary;
  functionParameters = parameters;
  functionMemory = memoryMib;
}

export function storeSummary(at: usize): void {
  storeText(at, functionSummary);
}

export function storeParameters(at: usize): void {
  const records = storeRecords(at, functionParameters.length, PARAMETER);
  for (let i = 0; i < functionParameters.length; i++) unchecked(functionParameters[i]).store(records + i * PARAMETER);
}

export function memoryMib(): u32 {
  return functionMemory;
}
