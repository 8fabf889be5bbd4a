//! The dispatcher: the component between the search component and the functions of a bundle.
//!
//! It imports every function under a name of its own and answers the one interface that the search component knows. A call
//! costs one hop however many functions there are: the place of a function is a place in a table of its core module.
//!
//! A bound predicate or model is known to the search component by one number, from which follow the function's place and the
//! handle of what the function itself gave: `handle * places + place`. Arguments, batches and answers pass through as they are;
//! they lie in the dispatcher's memory for the time of one call.

use std::error::Error;
use std::fmt::Write;

use crate::piece;
use crate::roles::Roles;

const EDGE: &str = "quidditch:edge/functions@0.1.0";

/// Where results that are more than one number are written: none has more than 16 bytes.
const RESULT: usize = 16;
/// Where the text of the catalog begins.
const CATALOG: usize = 64;

/// The name that the filter of the function at a place is imported by.
pub(crate) fn filter_import(place: usize) -> String {
    format!("filter-of{place}")
}

/// The name that its scorer is imported by.
pub(crate) fn scorer_import(place: usize) -> String {
    format!("scorer-of{place}")
}

/// The dispatcher of functions that are this, whose records are `catalog`.
pub(crate) fn component(functions: &[Roles], catalog: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    piece::component(&world(functions), &module(functions, catalog))
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
    world + &format!("export {EDGE};")
}

/// One of the two resources: what is called, and what of each function answers.
struct Resource {
    name: &'static str,
    /// For each place, the name of the import, if the function is that.
    imports: Vec<Option<String>>,
    operations: &'static [Operation],
}

/// A method that passes on what it gets, its result included.
struct Operation {
    name: &'static str,
    /// Numbers that it takes beside the resource.
    parameters: usize,
    /// Whether its result is one number; else it is in memory, and what the caller reads there may be forgotten afterwards.
    returns_number: bool,
}

const COLUMNS: Operation = Operation { name: "columns", parameters: 0, returns_number: false };
/// A batch is five numbers: its length, and place and length of its scores and of its columns.
const KEEP: Operation = Operation { name: "keep", parameters: 5, returns_number: false };
const SCORE: Operation = Operation { name: "score", parameters: 5, returns_number: false };
const NEEDS_SCORE: Operation = Operation { name: "needs-score", parameters: 0, returns_number: true };

fn module(functions: &[Roles], catalog: &str) -> String {
    let import = |is: bool, name: String| is.then_some(name);
    let filters = functions.iter().enumerate().map(|(place, roles)| import(roles.filter, filter_import(place)));
    let scorers = functions.iter().enumerate().map(|(place, roles)| import(roles.scorer, scorer_import(place)));
    let resources = [
        Resource { name: "predicate", imports: filters.collect(), operations: &[COLUMNS, KEEP] },
        Resource { name: "model", imports: scorers.collect(), operations: &[COLUMNS, NEEDS_SCORE, SCORE] },
    ];
    let mut imports = String::new();
    let mut code = String::new();
    for resource in &resources {
        resource.write(&mut imports, &mut code);
    }
    let heap = (CATALOG + catalog.len()).next_multiple_of(16);
    let pages = heap / 65_536 + 1;
    let (catalog_bytes, catalog) = (catalog.len(), escaped(catalog));
    format!(
        r#"(module
{imports}
  ;; What a function hands over must find room here: 64 MiB, as much as functions have themselves elsewhere.
  (memory (export "memory") {pages} {most_pages})
  (global $next (mut i32) (i32.const {heap}))
  (data (i32.const {CATALOG}) "{catalog}")
{ALLOCATE}
  (func $forget (param i32) (global.set $next (i32.const {heap})))
  (func (export "{EDGE}#catalog") (result i32)
    (i32.store (i32.const {RESULT}) (i32.const {CATALOG}))
    (i32.store (i32.const {length_at}) (i32.const {catalog_bytes}))
    (i32.const {RESULT}))
{code})"#,
        ALLOCATE = piece::ALLOCATE,
        most_pages = 1024.max(pages),
        length_at = RESULT + 4,
    )
}

impl Resource {
    fn write(&self, imports: &mut String, code: &mut String) {
        let Resource { name, operations, .. } = self;
        let places = self.imports.len().max(1);
        push(
            imports,
            &format!(
                r#"  (import "[export]{EDGE}" "[resource-new]{name}" (func ${name}_new (param i32) (result i32)))"#
            ),
        );
        let drop = format!("[resource-drop]{name}");
        self.write_table(imports, code, "drop", &drop, "(param i32)");
        let bind = format!("[static]{name}.bind");
        self.write_table(imports, code, "bind", &bind, "(param i32 i32 i32)");
        // A result is 0 and the handle, or 1 and the error.
        push(
            code,
            &format!(
                r#"  (func (export "{EDGE}#{bind}") (param $place i32) (param $arguments i32) (param $count i32) (result i32)
    (call_indirect ${name}_bind (type ${name}_bind) (local.get $arguments) (local.get $count) (i32.const {RESULT}) (local.get $place))
    (if (i32.eqz (i32.load8_u (i32.const {RESULT}))) (then
      (i32.store (i32.const {payload}) (call ${name}_new
        (i32.add (i32.mul (i32.load (i32.const {payload})) (i32.const {places})) (local.get $place))))))
    (i32.const {RESULT}))
  (export "cabi_post_{EDGE}#{bind}" (func $forget))
  (func (export "{EDGE}#[dtor]{name}") (param $bound i32)
    (call_indirect ${name}_drop (type ${name}_drop) {handle} {place}))"#,
                payload = RESULT + 4,
                handle = handle(places),
                place = place(places),
            ),
        );
        for operation in *operations {
            self.write_operation(operation, imports, code);
        }
    }

    fn write_operation(&self, operation: &Operation, imports: &mut String, code: &mut String) {
        let Operation { name: method, parameters, returns_number } = operation;
        let (resource, places) = (self.name, self.imports.len().max(1));
        let full = format!("[method]{resource}.{method}");
        let given = " i32".repeat(*parameters);
        let (signature, result, answer) = match returns_number {
            true => (format!("(param i32{given}) (result i32)"), String::new(), String::new()),
            false => {
                let at = format!("(i32.const {RESULT})");
                (format!("(param i32{given} i32)"), format!(" {at}"), format!("\n    {at}"))
            }
        };
        self.write_table(imports, code, method, &full, &signature);
        let passed: String = (1..=*parameters).map(|number| format!(" (local.get {number})")).collect();
        push(
            code,
            &format!(
                r#"  (func (export "{EDGE}#{full}") (param $bound i32) (param{given}) (result i32)
    (call_indirect ${resource}_{method} (type ${resource}_{method}) {handle}{passed}{result} {place}){answer})"#,
                handle = handle(places),
                place = place(places),
            ),
        );
        if !returns_number {
            push(code, &format!(r#"  (export "cabi_post_{EDGE}#{full}" (func $forget))"#));
        }
    }

    /// The table of what the functions have for one operation; nothing, where a function is not of this role.
    fn write_table(&self, imports: &mut String, code: &mut String, operation: &str, import: &str, signature: &str) {
        let table = format!("{}_{operation}", self.name);
        let mut entries = String::new();
        for (place, module) in self.imports.iter().enumerate() {
            match module {
                Some(module) => {
                    push(imports, &format!(r#"  (import "{module}" "{import}" (func ${table}_{place} {signature}))"#));
                    entries += &format!(" (ref.func ${table}_{place})");
                }
                None => entries += " (ref.null func)",
            }
        }
        push(code, &format!("  (type ${table} (func {signature}))\n  (table ${table} funcref (elem{entries}))"));
    }
}

/// The function's own handle of what is bound.
fn handle(places: usize) -> String {
    format!("(i32.div_u (local.get $bound) (i32.const {places}))")
}

/// The place of the function that it is bound to.
fn place(places: usize) -> String {
    format!("(i32.rem_u (local.get $bound) (i32.const {places}))")
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// As WebAssembly text has it: every byte that is not plain by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' => escaped.push(byte as char),
            _ => write!(escaped, "\\{byte:02x}").expect("a string takes all"),
        }
    }
    escaped
}
