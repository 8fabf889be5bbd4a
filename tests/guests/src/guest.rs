//! Builds components from `guest.wat` with parts of it replaced.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const CONTRACT: &str = include_str!("../../../wit/udf.wit");

/// The import of `log`, for guests that use it.
pub const LOG: &str = r#"(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))"#;

/// A component to be built, well-behaved until parts are replaced.
#[derive(Clone)]
pub struct Guest {
    world: String,
    contract: String,
    parts: Vec<(&'static str, String)>,
}

impl Default for Guest {
    fn default() -> Self {
        Self::new()
    }
}

impl Guest {
    /// A well-behaved guest.
    pub fn new() -> Self {
        let parts = [
            ("imports", ""),
            ("pages", "1"),
            ("items", ""),
            ("allocate", ""),
            ("free", ""),
            ("memory_mib", "(i32.const 0)"),
            ("summary", "(call $list (i32.const 1200) (i32.const 18))"),
            ("parameters", "(call $list (i32.const 1248) (i32.const 1))"),
            ("bind", BIND),
            ("bind_scorer", "(call $ok_handle (call $new_scorer (i32.const 1)))"),
            ("bind_values", "(call $ok_handle (call $new_values (i32.const 1)))"),
            ("ranges", "(call $list (i32.const 1024) (i32.const 0))"),
            ("max_score", "(f32.const inf)"),
            // Floats.
            ("kind", "(i32.const 2)"),
            ("compute", COMPUTE),
            ("columns", "(call $list (i32.const 1024) (i32.const 1))"),
            ("keep", KEEP),
            ("needs_score", "(i32.const 0)"),
            ("score", SCORE),
        ];
        Guest {
            world: "filter-and-scorer-udf".to_owned(),
            contract: format!("{CONTRACT}{WORLDS}"),
            parts: parts.map(|(part, code)| (part, code.to_owned())).to_vec(),
        }
    }

    /// Replaces a part of `guest.wat`.
    #[must_use]
    pub fn with(mut self, part: &str, code: impl Into<String>) -> Self {
        let found = self.parts.iter_mut().find(|(name, _)| *name == part);
        found.unwrap_or_else(|| panic!("guest.wat has no part {part}")).1 = code.into();
        self
    }

    /// The code of a part.
    pub fn part(&self, part: &str) -> &str {
        let found = self.parts.iter().find(|(name, _)| *name == part);
        &found.unwrap_or_else(|| panic!("guest.wat has no part {part}")).1
    }

    /// Builds against a changed contract: `to` replaces `from` everywhere.
    #[must_use]
    pub fn with_contract(mut self, from: &str, to: &str) -> Self {
        self.contract = self.contract.replace(from, to);
        self
    }

    /// Builds for another world of the contract; by default for a filter and scorer.
    #[must_use]
    pub fn for_world(mut self, world: &str) -> Self {
        self.world = world.to_owned();
        self
    }

    /// The core module.
    pub fn module(&self) -> Vec<u8> {
        let mut text = include_str!("guest.wat").to_owned();
        for (part, code) in &self.parts {
            text = text.replace(&format!("{{{{{part}}}}}"), code);
        }
        if self.contract.contains("udf@0.1.0") {
            text = text.replace("@0.2.0", "@0.1.0");
        }
        for role in ["filter", "scorer", "values"].into_iter().filter(|role| !self.world.contains(role)) {
            text = without(&text, role);
        }
        wat::parse_str(&text).expect("guest.wat is valid with the parts replaced")
    }

    /// The component.
    pub fn build(&self) -> Vec<u8> {
        let mut module = self.module();
        let mut resolve = Resolve::default();
        let package = resolve.push_source("udf.wit", &self.contract).expect("the contract is valid");
        let world = resolve.select_world(&[package], Some(&self.world)).expect("the contract has the world");
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
            .expect("the metadata can be embedded");
        let mut encoder = ComponentEncoder::default();
        encoder.module(&module).expect("the module fits the contract");
        encoder.encode().expect("the module can be encoded as a component")
    }
}

/// guest.wat without what is between square brackets with the name of the role.
fn without(text: &str, role: &str) -> String {
    let (start, end) = (format!(";; [{role}\n"), format!(";; {role}]\n"));
    let parts = text.split(&start).map(|part| part.split_once(&end).map_or(part, |(_, after)| after));
    parts.collect()
}

/// A world with all roles, which the contract leaves to those who need it.
const WORLDS: &str = "world filter-scorer-and-values-udf { include filter-and-scorer-udf; include values-udf; }";

const BIND: &str = r"
    (global.set $last (i32.or (i32.const 3072) (i32.and (i32.add (global.get $last) (i32.const 8)) (i32.const 1023))))
    (f64.store
      (global.get $last)
      (if (result f64) (local.get $count)
        (then (f64.load offset=16 (local.get $arguments)))
        (else (f64.const 0))))
    (call $ok_handle (call $new_filter (global.get $last)))";

/// The part `keep` of a well-behaved guest.
pub const KEEP: &str = r"
    (local.set $values (i32.load offset=4 (local.get $columns)))
    (local.set $kept (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (local.get $len)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
        (i32.store8
          (i32.add (local.get $kept) (local.get $i))
          (f64.ge (f64.load (local.get $values)) (f64.load (local.get $self))))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (call $ok_list (local.get $kept) (local.get $len))";

/// Returns the column that it gets.
const COMPUTE: &str = r"
    (call $ok_column
      (i32.const 2)
      (i32.load offset=4 (local.get $columns)) (i32.load offset=8 (local.get $columns))
      (i32.load offset=28 (local.get $columns)) (i32.load offset=32 (local.get $columns)))";

const SCORE: &str = r"
    (local.set $values (i32.load offset=4 (local.get $columns)))
    (local.set $given (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.shl (local.get $len) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
        (f32.store
          (i32.add (local.get $given) (i32.shl (local.get $i) (i32.const 2)))
          (f32.demote_f64 (f64.load (local.get $values))))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (call $ok_list (local.get $given) (local.get $len))";
