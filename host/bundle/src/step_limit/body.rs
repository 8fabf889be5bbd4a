//! The code that counts steps, in the bodies of functions.

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{BlockType, Function, InstructionSink, ValType};
use wasmparser::{FunctionBody, Operator};

use super::counter::{StepLimit, Unlimitable};

/// How many iterations of loops are charged together. A power of two.
const ITERATIONS: i32 = 64;
/// 2 to the power of this is how many bytes of a bulk operation are a step.
const BYTES_SHIFT: i32 = 6;

/// What a function's body does that is counted.
#[derive(Default)]
struct Counted {
    loops: bool,
    calls: bool,
    bulk_operations: bool,
}

impl Counted {
    fn new(function: &FunctionBody<'_>) -> wasmparser::Result<Self> {
        let mut counted = Counted::default();
        let mut operators = function.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Loop { .. } => counted.loops = true,
                Operator::Call { .. }
                | Operator::CallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::ReturnCallRef { .. } => counted.calls = true,
                operator if is_bulk_operation(&operator) => counted.bulk_operations = true,
                _ => {}
            }
        }
        Ok(counted)
    }
}

/// Whether it takes as long as its last operand says.
fn is_bulk_operation(operator: &Operator<'_>) -> bool {
    matches!(operator, Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } | Operator::MemoryInit { .. })
}

/// The body of a function, changed so that it counts its steps.
///
/// A function without loops and calls ends soon, so it does not count its calls. Iterations are counted in a local variable, which
/// starts at a different number in each call, so that short loops are charged, too: on average, each iteration once.
pub(super) fn counted<T: Reencode<Error = Unlimitable>>(
    module: &mut T,
    body: &FunctionBody<'_>,
    parameters: u32,
    counter: u32,
) -> Result<Function, Error<Unlimitable>> {
    let Counted { loops, calls, bulk_operations } = Counted::new(body)?;
    let mut locals = Vec::new();
    let mut iterations = parameters;
    for local in body.get_locals_reader()? {
        let (count, ty) = local?;
        iterations += count;
        locals.push((count, module.val_type(ty)?));
    }
    let bytes = iterations + 1;
    if loops || bulk_operations {
        locals.push((2, ValType::I32));
    }
    let mut counted = Function::new(locals);
    if loops || calls {
        charge_one_call(&mut counted.instructions(), counter);
    }
    if loops {
        counted.instructions().global_get(counter).i32_wrap_i64().local_set(iterations);
    }
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let operator = operators.read()?;
        if is_bulk_operation(&operator) {
            charge_bytes(&mut counted.instructions(), bytes, counter);
        }
        let is_loop = matches!(operator, Operator::Loop { .. });
        counted.instruction(&module.instruction(operator)?);
        if is_loop {
            charge_iteration(&mut counted.instructions(), iterations, counter);
        }
    }
    Ok(counted)
}

fn charge_one_call(code: &mut InstructionSink<'_>, counter: u32) {
    code.global_get(counter).i64_const(1).i64_sub().global_set(counter);
    trap_if_used_up(code, counter);
}

fn charge_iteration(code: &mut InstructionSink<'_>, iterations: u32, counter: u32) {
    code.local_get(iterations).i32_const(1).i32_add().local_tee(iterations);
    code.i32_const(ITERATIONS - 1).i32_and().i32_eqz().if_(BlockType::Empty);
    code.global_get(counter).i64_const(ITERATIONS.into()).i64_sub().global_set(counter);
    trap_if_used_up(code, counter);
    code.end();
}

/// The number of bytes is the last operand of the following operation. It remains there.
fn charge_bytes(code: &mut InstructionSink<'_>, bytes: u32, counter: u32) {
    code.local_tee(bytes).global_get(counter).local_get(bytes).i32_const(BYTES_SHIFT).i32_shr_u();
    code.i64_extend_i32_u().i64_sub().global_set(counter);
    trap_if_used_up(code, counter);
}

fn trap_if_used_up(code: &mut InstructionSink<'_>, counter: u32) {
    code.global_get(counter).i64_const(0).i64_lt_s().if_(BlockType::Empty).unreachable().end();
}

/// A function that resets the counter and calls another one.
pub(super) fn entry_point(function: u32, parameters: u32, counter: u32, limit: StepLimit) -> Function {
    let mut entry_point = Function::new([]);
    let mut code = entry_point.instructions();
    code.i64_const(limit.steps_per_call.into()).global_set(counter);
    for parameter in 0..parameters {
        code.local_get(parameter);
    }
    code.call(function).end();
    entry_point
}
