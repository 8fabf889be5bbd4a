//! The dispatcher: forwards calls of the search component to the functions of a bundle.
//!
//! It imports each function under a name of its own, and implements the one interface that the search component calls. It is linked
//! into that component and uses its memory. Arguments and results are therefore copied once, between the function and the search
//! component, and a call costs the same for any number of functions.
//!
//! The search component addresses a function by its slot: its index in the catalog. It knows a bound function by one number,
//! `handle * slots + slot`, where the handle is the one that the function itself returned. Handles begin at 1 and count what is
//! bound at the same time. So the number is never 0, which bindings reserve, and does not overflow. Arguments, batches and results
//! are passed on unchanged.

use quidditch_function::{Role, Roles};

use crate::error::BoxError;
use crate::wat_component;

/// The interface that the dispatcher implements; also its name among the modules of the component.
pub(crate) const FUNCTIONS: &str = "quidditch:spin/functions@0.1.0";

/// The name under which the dispatcher imports one role of the function in a slot.
pub(crate) fn import_name(role: Role, slot: usize) -> String {
    format!("{role}-slot{slot}")
}

/// The dispatcher of functions with these roles, as a core module. The index of an item is the function's slot.
pub(crate) fn module(functions: &[Roles]) -> Result<Vec<u8>, BoxError> {
    wat_component::module(&world(functions), &text(functions))
}

fn world(functions: &[Roles]) -> String {
    let mut world = String::new();
    for (slot, roles) in functions.iter().enumerate() {
        for role in roles.iter() {
            let body = wat_component::interface_body(role.name());
            world += &format!("import {}: interface {{{body}\n}}\n", import_name(role, slot));
        }
    }
    world
}

fn text(functions: &[Roles]) -> String {
    let mut text = Text::default();
    Resource::new(Role::Filter, "bound-filter", functions).write(&mut text, &[COLUMNS, RANGES, KEEP]);
    Resource::new(Role::Scorer, "bound-scorer", functions).write(&mut text, &[COLUMNS, NEEDS_SCORE, MAX_SCORE, SCORE]);
    Resource::new(Role::Values, "bound-values", functions).write(&mut text, &[COLUMNS, KIND, COMPUTE]);
    let Text { imports, code } = text;
    // Results of functions are stored where the search component's code expects them: in memory from its own allocator.
    format!(
        r#"(module
  (import "env" "memory" (memory 0))
  (import "__main_module__" "cabi_realloc" (func $allocate (param i32 i32 i32 i32) (result i32)))
{imports}  (export "cabi_import_realloc" (func $allocate))
{code})"#
    )
}

/// The sections of the module, which must be in this order.
#[derive(Default)]
struct Text {
    imports: String,
    code: String,
}

/// An operation of a resource, with its signature in the canonical ABI.
#[derive(Clone, Copy)]
struct Operation<'a> {
    name: &'a str,
    /// The types of the parameters.
    parameters: &'a [&'a str],
    /// The type of the result. Without one, there is no result, or it is stored at the address in the last parameter.
    result: Option<&'a str>,
}

const I32: &str = "i32";
const F32: &str = "f32";

const COLUMNS: Operation<'_> = Operation { name: "columns", parameters: &[I32; 2], result: None };
const RANGES: Operation<'_> = Operation { name: "ranges", parameters: &[I32; 2], result: None };
/// The parameters are the bound resource, a batch, and the address for the result. A batch is five numbers: its length, and address
/// and length of its scores and of its columns.
const KEEP: Operation<'_> = Operation { name: "keep", parameters: &[I32; 7], result: None };
const SCORE: Operation<'_> = Operation { name: "score", parameters: &[I32; 7], result: None };
const COMPUTE: Operation<'_> = Operation { name: "compute", parameters: &[I32; 7], result: None };
const NEEDS_SCORE: Operation<'_> = Operation { name: "needs-score", parameters: &[I32], result: Some(I32) };
const MAX_SCORE: Operation<'_> = Operation { name: "max-score", parameters: &[I32, F32], result: Some(F32) };
const KIND: Operation<'_> = Operation { name: "kind", parameters: &[I32], result: Some(I32) };

/// One of the resources, and the functions that offer it.
struct Resource {
    name: &'static str,
    /// For each slot, the name of the import; `None` if the function does not have the role.
    imports: Vec<Option<String>>,
}

impl Resource {
    fn new(role: Role, name: &'static str, functions: &[Roles]) -> Self {
        let import = |(slot, roles): (usize, &Roles)| roles.contains(role).then(|| import_name(role, slot));
        Resource { name, imports: functions.iter().enumerate().map(import).collect() }
    }

    fn write(&self, text: &mut Text, methods: &[Operation<'_>]) {
        self.write_bind(text);
        let drop = format!("[resource-drop]{}", self.name);
        self.write_on_bound(text, Operation { name: &drop, parameters: &[I32], result: None });
        for method in methods {
            let name = format!("[method]{}.{}", self.name, method.name);
            self.write_on_bound(text, Operation { name: &name, ..*method });
        }
    }

    /// Writes `bind`: passes the arguments on to the function in a slot, and combines that slot and the function's handle into one
    /// number.
    fn write_bind(&self, text: &mut Text) {
        let name = format!("[static]{}.bind", self.name);
        let bind = Operation { name: &name, parameters: &[I32; 3], result: None };
        let dispatch = self.dispatch(text, bind, "(local.get $slot)", "(local.get 1) (local.get 2) (local.get 3)");
        // A result is 0 and the handle, or 1 and the error. Either begins at offset 4.
        push_line(
            &mut text.code,
            &format!(
                r#"  (func (export "{name}") (param $slot i32) (param i32 i32) (param $result i32)
    (block $done{dispatch})
    (if (i32.eqz (i32.load8_u (local.get $result))) (then
      (i32.store offset=4 (local.get $result)
        (i32.add (i32.mul (i32.load offset=4 (local.get $result)) (i32.const {slots})) (local.get $slot))))))"#,
                slots = self.slots(),
            ),
        );
    }

    /// Writes an operation on a bound resource, which is its first parameter.
    fn write_on_bound(&self, text: &mut Text, operation: Operation<'_>) {
        let slots = self.slots();
        let slot = format!("(i32.rem_u (local.get 0) (i32.const {slots}))");
        let mut arguments = format!("(i32.div_u (local.get 0) (i32.const {slots}))");
        for parameter in 1..operation.parameters.len() {
            arguments += &format!(" (local.get {parameter})");
        }
        let dispatch = self.dispatch(text, operation, &slot, &arguments);
        push_line(
            &mut text.code,
            &format!(
                r#"  (func (export "{name}") {parameters}{result}
    (block $done{result}{dispatch}))"#,
                name = operation.name,
                parameters = operation.parameters(),
                result = operation.result(),
            ),
        );
    }

    /// The body of a block `$done`: calls the operation of the function in `slot`, and leaves the block. Traps if the function does
    /// not have this role.
    fn dispatch(&self, text: &mut Text, operation: Operation<'_>, slot: &str, arguments: &str) -> String {
        let (name, parameters, result) = (operation.name, operation.parameters(), operation.result());
        let mut blocks = String::new();
        let mut labels = String::new();
        let mut calls = String::new();
        for (slot, module) in self.imports.iter().enumerate() {
            let Some(module) = module else {
                labels += " $none";
                continue;
            };
            let function = format!("${}_{slot}", name.replace(['[', ']'], "_"));
            let signature = format!("{parameters}{result}");
            push_line(&mut text.imports, &format!(r#"  (import "{module}" "{name}" (func {function} {signature}))"#));
            blocks.insert_str(0, &format!(" (block $slot{slot}"));
            labels += &format!(" $slot{slot}");
            calls += &format!(")\n      (br $done (call {function} {arguments}))");
        }
        format!("\n      (block $none{blocks}\n      (br_table{labels} $none {slot}){calls})\n      unreachable")
    }

    /// The factor of a handle. At least 1, because numbers are divided by it.
    fn slots(&self) -> usize {
        self.imports.len().max(1)
    }
}

impl Operation<'_> {
    fn parameters(&self) -> String {
        format!("(param {})", self.parameters.join(" "))
    }

    fn result(&self) -> String {
        self.result.map_or_else(String::new, |result| format!(" (result {result})"))
    }
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload};

    use super::*;

    #[test]
    fn any_number_of_functions_with_any_roles_makes_a_valid_module() {
        let every = Roles::from_iter(Role::ALL);
        let all = [Role::Scorer.into(), every, Role::Filter.into(), Role::Scorer.into(), Role::Values.into()];
        for functions in (0..=all.len()).map(|count| &all[..count]) {
            let module = module(functions).expect("the module can be written");
            wasmparser::validate(&module).expect("the module is valid");
            let mut imports = 0;
            for payload in Parser::new(0).parse_all(&module) {
                if let Payload::ImportSection(section) = payload.expect("the module is valid") {
                    imports = section.into_imports().count();
                }
            }
            // The memory and its allocator; a filter has five operations, a scorer six, values have five.
            let with_role = |role| functions.iter().filter(|roles| roles.contains(role)).count();
            let operations = [(Role::Filter, 5), (Role::Scorer, 6), (Role::Values, 5)];
            assert_eq!(imports, 2 + operations.map(|(role, count)| count * with_role(role)).iter().sum::<usize>());
        }
    }
}
