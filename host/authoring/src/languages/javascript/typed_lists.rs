//! Lists of numbers, which JavaScript gets and returns as bytes.
//!
//! In memory, a list of numbers and a list of its bytes differ only in the length. So the functions that take a batch
//! are wrapped in ones that change the lengths in place: those of the arguments before the call, and those of the
//! result after it. The library for JavaScript makes typed arrays of the bytes.

use quidditch_function::Role;
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, MemArgTarget, ValType};

use super::output::Output;

/// Where arguments end and columns follow in the contract. Lists in arguments are short, and stay arrays of numbers.
const BEFORE_COLUMNS: &str = "record argument";
const NUMBERS: [&str; 4] = ["list<u32>", "list<s64>", "list<f64>", "list<f32>"];

/// The contract as componentize-qjs gets it: with bytes for lists of numbers, and with a string for the bytes of a
/// dictionary, as JavaScript in the interpreter would decode them slowly.
pub(super) fn wit(contract: &str) -> String {
    let (before, mut columns) = match contract.find(BEFORE_COLUMNS) {
        Some(position) => (&contract[..position], contract[position..].replace("bytes: list<u8>", "bytes: string")),
        None => ("", contract.to_owned()),
    };
    for list in NUMBERS {
        columns = columns.replace(list, "list<u8>");
    }
    format!("{before}{columns}")
}

/// The bytes of a `column` of the contract in memory.
const COLUMN: i32 = 36;
// Where its parts are: the case of its values, the lengths of their lists, and of `starts`.
const CASE: u64 = 0;
const VALUES_LENGTH: u64 = 8;
const ENDS_LENGTH: u64 = 16;
const STARTS_LENGTH: u64 = 32;
/// The case of texts, whose first list is `codes`. Booleans are 0, integers 1 and floats 2.
const TEXTS: i32 = 3;
/// Where a result has the length of its list, if it is a list.
const RESULT_LENGTH: u64 = 8;
/// Where a result has its column, if it is one.
const RESULT_COLUMN: i32 = 4;
// Sizes of numbers, as powers of two.
const SIZE_32: i32 = 2;
const SIZE_64: i32 = 3;

#[derive(Clone, Copy)]
enum Lengths {
    InBytes,
    InItems,
}

/// Replaces exports, with the indices of their functions, by functions that convert lengths around them.
pub(super) fn convert(output: &mut Output, exports: &mut [(&str, u32)]) {
    let columns_type = output.function_type(&[ValType::I32; 2], &[]);
    let batch_type = output.function_type(&[ValType::I32; 6], &[ValType::I32]);
    let to_bytes = output.function(columns_type, &convert_columns(Lengths::InBytes));
    let to_items = output.function(columns_type, &convert_columns(Lengths::InItems));
    for (name, function) in exports {
        let Some(role) = Role::ALL.into_iter().find(|role| *name == takes_batch(*role)) else { continue };
        // The parameters: the handle, the number of documents, and address and length of scores and columns.
        let (this, len, scores, scores_length, columns, columns_length, result) = (0, 1, 2, 3, 4, 5, 6);
        let mut body = Function::new([(1, ValType::I32)]);
        let mut code = body.instructions();
        code.local_get(columns).local_get(columns_length).call(to_bytes);
        code.local_get(this).local_get(len);
        code.local_get(scores).local_get(scores_length).i32_const(SIZE_32).i32_shl();
        code.local_get(columns).local_get(columns_length);
        code.call(*function).local_set(result);
        // The first byte of a result is 0 if there is no error.
        code.local_get(result).i32_load8_u(at(0, 0)).i32_eqz().if_(BlockType::Empty);
        match role {
            // They are bytes in the contract, too.
            Role::Filter => {}
            Role::Scorer => convert_length(&mut code, result, RESULT_LENGTH, SIZE_32, Lengths::InItems),
            Role::Values => {
                code.local_get(result).i32_const(RESULT_COLUMN).i32_add().i32_const(1).call(to_items);
            }
        }
        code.end().local_get(result).end();
        *function = output.function(batch_type, &body);
    }
}

/// The core function that takes a batch.
fn takes_batch(role: Role) -> String {
    let method = match role {
        Role::Filter => "keep",
        Role::Scorer => "score",
        Role::Values => "compute",
    };
    format!("{}#[method]bound-{role}.{method}", role.interface())
}

/// A function that converts the lengths in columns. Its parameters are the address of the first one, and their
/// number.
fn convert_columns(lengths: Lengths) -> Function {
    let (column, count, end, case) = (0, 1, 2, 3);
    let mut body = Function::new([(2, ValType::I32)]);
    let mut code = body.instructions();
    code.local_get(column).local_get(count).i32_const(COLUMN).i32_mul().i32_add().local_set(end);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(column).local_get(end).i32_eq().br_if(1);
    code.local_get(column).i32_load8_u(at(CASE, 0)).local_set(case);
    code.local_get(case).i32_const(TEXTS).i32_eq().if_(BlockType::Empty);
    convert_length(&mut code, column, VALUES_LENGTH, SIZE_32, lengths);
    convert_length(&mut code, column, ENDS_LENGTH, SIZE_32, lengths);
    // Booleans are bytes in the contract, too.
    code.else_().local_get(case).if_(BlockType::Empty);
    convert_length(&mut code, column, VALUES_LENGTH, SIZE_64, lengths);
    code.end().end();
    convert_length(&mut code, column, STARTS_LENGTH, SIZE_32, lengths);
    code.local_get(column).i32_const(COLUMN).i32_add().local_set(column);
    code.br(0).end().end().end();
    body
}

/// Converts the length in memory at the address in a local variable, plus an offset.
fn convert_length(code: &mut InstructionSink<'_>, address: u32, offset: u64, size: i32, lengths: Lengths) {
    code.local_get(address).local_get(address).i32_load(at(offset, 2)).i32_const(size);
    match lengths {
        Lengths::InBytes => code.i32_shl(),
        Lengths::InItems => code.i32_shr_u(),
    };
    code.i32_store(at(offset, 2));
    if matches!(lengths, Lengths::InItems) {
        // The address of an empty list of bytes may be odd, which that of numbers must not be.
        let pointer = at(offset - 4, 2);
        code.local_get(address).local_get(address).i32_load(pointer).i32_const(0);
        code.local_get(address).i32_load(at(offset, 2)).select().i32_store(pointer);
    }
}

/// An address in the only memory.
fn at(offset: u64, align: u32) -> MemArg {
    MemArg { offset, align, target: MemArgTarget::Memory(0), ordering: None }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use quidditch_function::Roles;
    use wasmparser::Validator;
    use wit_parser::Resolve;

    use super::super::module::{Counts, Spaces};
    use super::super::output::Renumber;
    use super::*;
    use crate::contract;

    #[test]
    fn columns_have_bytes_and_arguments_have_numbers() {
        let wit = wit(&contract::wit(Role::ALL.into_iter().collect::<Roles>()));
        Resolve::default().push_str("udf.wit", &wit).expect("valid");
        let (arguments, columns) = wit.split_once("record argument").expect("the contract has it");
        assert!(arguments.contains("integers(list<s64>),\n    floats(list<f64>),"));
        for list in NUMBERS {
            assert!(!columns.contains(list), "{list}");
        }
        for text in ["codes: list<u8>", "ends: list<u8>", "bytes: string", "floats(list<u8>)", "scores: list<u8>"] {
            assert!(columns.contains(text), "{text}");
        }
        assert!(columns.contains("columns: list<column>"));
    }

    #[test]
    fn only_functions_that_take_a_batch_are_wrapped() {
        let mut output = Output::default();
        let memory = wat::parse_str("(module (memory 1))").expect("valid");
        let mut renumber =
            Renumber { before: &Counts::default(), spaces: &Spaces::default(), constants: &HashMap::new() };
        output.copy(&memory, &mut renumber).expect("copied");
        let ty = output.function_type(&[ValType::I32; 6], &[ValType::I32]);
        let mut body = Function::new([]);
        body.instructions().i32_const(0).end();
        let function = output.function(ty, &body);
        let names = Role::ALL.map(takes_batch);
        let post_return = format!("cabi_post_{}", names[0]);
        let mut exports: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), function)).collect();
        exports.push((&post_return, function));
        convert(&mut output, &mut exports);
        assert_eq!(exports.iter().map(|(_, function)| *function).collect::<Vec<_>>(), [3, 4, 5, 0]);
        Validator::new().validate_all(&output.finish(&[])).expect("valid");
    }
}
