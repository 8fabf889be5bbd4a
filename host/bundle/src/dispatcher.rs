//! The dispatcher: what stands between the search component's code and the functions of a bundle.
//!
//! It imports every function under a name of its own and answers the one interface that the search component knows. It becomes a part
//! of that component and works in its memory, so what a function gets and gives is copied once, between the function and
//! the search component, and a call costs the same however many functions there are.
//!
//! A bound predicate or model is known to the search component by one number, from which follow the function's place and the
//! handle of what the function itself gave: `handle * places + place`. Handles begin at 1 and number what is bound at a time, so
//! that is neither 0, which bindings keep for themselves, nor too large. Arguments, batches and answers pass through as they are.

use std::error::Error;

use crate::piece;
use crate::roles::Roles;

/// The interface that it answers; also its name among the parts of the component.
pub(crate) const FUNCTIONS: &str = "quidditch:edge/functions@0.1.0";

/// The name that the filter of the function at a place is imported by.
pub(crate) fn filter_import(place: usize) -> String {
    format!("filter-of{place}")
}

/// The name that its scorer is imported by.
pub(crate) fn scorer_import(place: usize) -> String {
    format!("scorer-of{place}")
}

/// The dispatcher of functions that are this: a core module.
pub(crate) fn module(functions: &[Roles]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    piece::module(&world(functions), &text(functions))
}

fn world(functions: &[Roles]) -> String {
    let mut world = String::new();
    let (filter, scorer) = (piece::inline_interface("filter"), piece::inline_interface("scorer"));
    for (place, roles) in functions.iter().enumerate() {
        if roles.filter {
            world += &format!("import {}: interface {{{filter}\n}}\n", filter_import(place));
        }
        if roles.scorer {
            world += &format!("import {}: interface {{{scorer}\n}}\n", scorer_import(place));
        }
    }
    world
}

fn text(functions: &[Roles]) -> String {
    let import = |is: bool, name: String| is.then_some(name);
    let filters = functions.iter().enumerate().map(|(place, roles)| import(roles.filter, filter_import(place)));
    let scorers = functions.iter().enumerate().map(|(place, roles)| import(roles.scorer, scorer_import(place)));
    let mut text = Text::default();
    Resource { name: "predicate", imports: filters.collect() }.write(&mut text, &[COLUMNS, KEEP]);
    Resource { name: "model", imports: scorers.collect() }.write(&mut text, &[COLUMNS, NEEDS_SCORE, SCORE]);
    let Text { imports, code } = text;
    // What functions give is put where the search component's code expects it: in memory from its own allocator.
    format!(
        r#"(module
  (import "env" "memory" (memory 0))
  (import "__main_module__" "cabi_realloc" (func $allocate (param i32 i32 i32 i32) (result i32)))
{imports}  (export "cabi_import_realloc" (func $allocate))
{code})"#
    )
}

/// The parts of the module, which have to be in this order.
#[derive(Default)]
struct Text {
    imports: String,
    code: String,
}

/// An operation of a resource, as the canonical ABI has it.
#[derive(Clone, Copy)]
struct Operation<'a> {
    name: &'a str,
    /// Numbers that it takes.
    parameters: usize,
    /// Whether its result is a number; else there is none, or it is written to where the last parameter points.
    returns_number: bool,
}

const COLUMNS: Operation<'_> = Operation { name: "columns", parameters: 2, returns_number: false };
/// What is bound, a batch, and where the result goes. A batch is five numbers: its length, and place and length of its scores and
/// of its columns.
const KEEP: Operation<'_> = Operation { name: "keep", parameters: 7, returns_number: false };
const SCORE: Operation<'_> = Operation { name: "score", parameters: 7, returns_number: false };
const NEEDS_SCORE: Operation<'_> = Operation { name: "needs-score", parameters: 1, returns_number: true };

/// One of the two resources: what is called, and what of each function answers.
struct Resource {
    name: &'static str,
    /// For each place, the name of the import, if the function is that.
    imports: Vec<Option<String>>,
}

impl Resource {
    fn write(&self, text: &mut Text, methods: &[Operation<'_>]) {
        self.write_bind(text);
        let drop = format!("[resource-drop]{}", self.name);
        self.write_on_bound(text, Operation { name: &drop, parameters: 1, returns_number: false });
        for method in methods {
            let name = format!("[method]{}.{}", self.name, method.name);
            self.write_on_bound(text, Operation { name: &name, ..*method });
        }
    }

    /// Binding passes the arguments on to the function at a place, and makes one number of that place and the function's handle.
    fn write_bind(&self, text: &mut Text) {
        let name = format!("[static]{}.bind", self.name);
        let bind = Operation { name: &name, parameters: 3, returns_number: false };
        let choice = self.choice(text, bind, "(local.get $place)", "(local.get 1) (local.get 2) (local.get 3)");
        // A result is 0 and the handle, or 1 and the error; either begins at the fourth byte.
        push(
            &mut text.code,
            &format!(
                r#"  (func (export "{name}") (param $place i32) (param i32 i32) (param $result i32)
    (block $done{choice})
    (if (i32.eqz (i32.load8_u (local.get $result))) (then
      (i32.store offset=4 (local.get $result)
        (i32.add (i32.mul (i32.load offset=4 (local.get $result)) (i32.const {places})) (local.get $place))))))"#,
                places = self.places(),
            ),
        );
    }

    /// An operation on what is bound: its first parameter says what that is.
    fn write_on_bound(&self, text: &mut Text, operation: Operation<'_>) {
        let places = self.places();
        let place = format!("(i32.rem_u (local.get 0) (i32.const {places}))");
        let mut passed = format!("(i32.div_u (local.get 0) (i32.const {places}))");
        for parameter in 1..operation.parameters {
            passed += &format!(" (local.get {parameter})");
        }
        let choice = self.choice(text, operation, &place, &passed);
        push(
            &mut text.code,
            &format!(
                r#"  (func (export "{name}") {parameters}{result}
    (block $done{result}{choice}))"#,
                name = operation.name,
                parameters = operation.parameters(),
                result = operation.result(),
            ),
        );
    }

    /// The inside of a block `$done`: calls what the function at `place` has for an operation, and leaves the block. Traps where the
    /// function is not of this role.
    fn choice(&self, text: &mut Text, operation: Operation<'_>, place: &str, passed: &str) -> String {
        let (name, parameters, result) = (operation.name, operation.parameters(), operation.result());
        let mut blocks = String::new();
        let mut labels = String::new();
        let mut calls = String::new();
        for (place, module) in self.imports.iter().enumerate() {
            let Some(module) = module else {
                labels += " $none";
                continue;
            };
            let function = format!("${}_{place}", name.replace(['[', ']'], "_"));
            let signature = format!("{parameters}{result}");
            push(&mut text.imports, &format!(r#"  (import "{module}" "{name}" (func {function} {signature}))"#));
            blocks.insert_str(0, &format!(" (block $at{place}"));
            labels += &format!(" $at{place}");
            calls += &format!(")\n      (br $done (call {function} {passed}))");
        }
        format!("\n      (block $none{blocks}\n      (br_table{labels} $none {place}){calls})\n      unreachable")
    }

    /// What a handle is multiplied with. At least 1, to divide by.
    fn places(&self) -> usize {
        self.imports.len().max(1)
    }
}

impl Operation<'_> {
    fn parameters(&self) -> String {
        format!("(param{})", " i32".repeat(self.parameters))
    }

    fn result(&self) -> &'static str {
        if self.returns_number { " (result i32)" } else { "" }
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload};

    use super::*;

    fn roles(filter: bool, scorer: bool) -> Roles {
        Roles { filter, scorer, ..Roles::default() }
    }

    #[test]
    fn any_number_of_functions_of_any_role_make_a_valid_module() {
        let all = [roles(false, true), roles(true, true), roles(true, false), roles(false, true)];
        for functions in (0..=all.len()).map(|count| &all[..count]) {
            let module = module(functions).expect("it can be written");
            wasmparser::validate(&module).expect("it is valid");
            let mut imports = 0;
            for payload in Parser::new(0).parse_all(&module) {
                if let Payload::ImportSection(section) = payload.expect("it is valid") {
                    imports = section.into_imports().count();
                }
            }
            // Memory and its allocator; a filter has four operations, a scorer five.
            let (filters, scorers) = (functions.iter().filter(|is| is.filter), functions.iter().filter(|is| is.scorer));
            assert_eq!(imports, 2 + 4 * filters.count() + 5 * scorers.count());
        }
    }
}
