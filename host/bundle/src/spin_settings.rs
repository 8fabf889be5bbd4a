//! The settings of Spin that an app needs.

use wasm_encoder::ComponentSectionId;
use wasmparser::{BinaryReader, Instance, InstanceSectionReader, Parser, Payload};

use crate::BundleError;

/// A setting of Spin whose default is too low for an app. Spin reads it from an environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpinSetting {
    /// The name of the environment variable.
    pub variable: &'static str,
    /// The value without the variable, in Spin 4.
    pub default: u32,
    /// The smallest value with which Spin loads the app.
    pub needed: u32,
}

/// The settings of Spin that must be raised for an app, which is the result of [`bundle()`](crate::bundle()).
///
/// # Errors
/// [`BundleError::Composition`] if it is not a component.
pub fn spin_settings(app: &[u8]) -> Result<Vec<SpinSetting>, BundleError> {
    let mut footprint = Footprint::default();
    footprint.add_component(app).map_err(|error| BundleError::Composition(error.into()))?;
    let Footprint { memories, tables, core_instances } = footprint;
    let settings = [
        SpinSetting { variable: "SPIN_WASMTIME_INSTANCE_MEMORIES", default: 32, needed: memories },
        SpinSetting { variable: "SPIN_WASMTIME_INSTANCE_TABLES", default: 64, needed: tables },
        SpinSetting { variable: "SPIN_WASMTIME_CORE_INSTANCE_COUNT", default: 200, needed: core_instances },
    ];
    Ok(settings.into_iter().filter(|setting| setting.needed > setting.default).collect())
}

/// What an instance of an app consists of. Each of its components and modules is instantiated once.
#[derive(Debug, Default, PartialEq, Eq)]
struct Footprint {
    memories: u32,
    tables: u32,
    /// Includes one for each component: wasmtime generates modules that pass values between components.
    core_instances: u32,
}

impl Footprint {
    fn add_component(&mut self, component: &[u8]) -> wasmparser::Result<()> {
        self.core_instances += 1;
        // The first eight bytes are the same for all components.
        let mut reader = BinaryReader::new(component, 0);
        reader.read_bytes(8)?;
        while !reader.eof() {
            let id = reader.read_u8()?;
            let bytes = reader.read_var_u32()?;
            let section = reader.read_bytes(bytes as usize)?;
            if id == ComponentSectionId::Component as u8 {
                self.add_component(section)?;
            } else if id == ComponentSectionId::CoreModule as u8 {
                self.add_module(section)?;
            } else if id == ComponentSectionId::CoreInstance as u8 {
                for instance in InstanceSectionReader::new(BinaryReader::new(section, 0))? {
                    self.core_instances += u32::from(matches!(instance?, Instance::Instantiate { .. }));
                }
            }
        }
        Ok(())
    }

    fn add_module(&mut self, module: &[u8]) -> wasmparser::Result<()> {
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::MemorySection(section) => self.memories += section.count(),
                Payload::TableSection(section) => self.tables += section.count(),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_of_all_components_are_counted() {
        let component = wat::parse_str(
            r#"(component
                (core module $A (memory 1) (table 1 funcref) (table 2 funcref))
                (core instance (instantiate $A))
                (component $Inner
                    (core module $B (import "a" "memory" (memory 1)) (memory 1))
                    (core module $C)
                    (core instance (instantiate $C))))"#,
        );
        let mut footprint = Footprint::default();
        footprint.add_component(&component.expect("valid text")).expect("a component");
        assert_eq!(footprint, Footprint { memories: 2, tables: 2, core_instances: 4 });
    }

    #[test]
    fn only_settings_beyond_the_default_are_needed() {
        let with_memories = |count: usize| {
            let module = "(core module (memory 1))".repeat(count);
            spin_settings(&wat::parse_str(format!("(component {module})")).expect("valid text")).expect("a component")
        };
        assert_eq!(with_memories(32), []);
        let needed = SpinSetting { variable: "SPIN_WASMTIME_INSTANCE_MEMORIES", default: 32, needed: 33 };
        assert_eq!(with_memories(33), [needed]);
        assert!(matches!(spin_settings(b"not a component"), Err(BundleError::Composition(_))));
    }
}
