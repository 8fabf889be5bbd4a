//! Composes an app.

use std::collections::BTreeSet;

use quidditch_function::{LOG_INTERFACE, Roles, TYPES_INTERFACE};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::catalog::CATALOG;
use crate::component_shape::ComponentShape;
use crate::dispatcher::import_name;
use crate::error::BoxError;
use crate::step_limit::{self, StepLimit};
use crate::{BundleError, catalog, log, search_component, wat_component};

/// The interface that the app exports.
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// A published function.
#[derive(Debug, Clone)]
pub struct BundledFunction {
    /// Name and version.
    pub id: String,
    /// Its record, as it was published: JSON.
    pub record: String,
    /// The component.
    pub component: Vec<u8>,
}

/// A published script, which needs no component.
#[derive(Debug, Clone)]
pub struct BundledScript {
    /// Name and version.
    pub id: String,
    /// Its record, as it was published: JSON.
    pub record: String,
}

/// Composes an app of `search`, which is what `components/search` is built as, and any number of functions and scripts, also none. Without a limit
/// for their steps, the functions are linked byte for byte.
///
/// Equal arguments result in equal bytes.
///
/// # Errors
/// [`BundleError::App`] if `search` is something else; [`BundleError::Function`] if a component is not a function, or its steps cannot
/// be limited; [`BundleError::Duplicate`]; and [`BundleError::Composition`] if the versions of the components do not match.
pub fn bundle(
    search: &[u8],
    functions: &[BundledFunction],
    scripts: &[BundledScript],
    step_limit: Option<StepLimit>,
) -> Result<Vec<u8>, BundleError> {
    let mut ids = BTreeSet::new();
    let mut shapes = Vec::with_capacity(functions.len());
    for function in functions {
        if !ids.insert(&function.id) {
            return Err(BundleError::Duplicate { function: function.id.clone() });
        }
        let shape = ComponentShape::from_component(&function.component);
        shapes.push(shape.map_err(|error| unusable(function, error.into()))?);
    }
    if let Some(script) = scripts.iter().find(|script| !ids.insert(&script.id)) {
        return Err(BundleError::Duplicate { function: script.id.clone() });
    }
    let roles: Vec<Roles> = shapes.iter().map(|shape| shape.roles).collect();
    let search = search_component::component(search, &roles)?;

    let mut composition = Composition::new().map_err(BundleError::Composition)?;
    let app = composition.add_app(search, functions, scripts)?;
    let log = composition.add_log(functions, &shapes)?;
    for (slot, (function, shape)) in functions.iter().zip(shapes).enumerate() {
        let component = match step_limit {
            Some(limit) => {
                step_limit::limited(&function.component, limit).map_err(|error| unusable(function, error.into()))?
            }
            None => function.component.clone(),
        };
        let instance = composition.add_function(app, slot, component, shape);
        let instance = instance.map_err(|source| unusable(function, source))?;
        if shape.imports_log
            && let Some(log) = log
        {
            composition.connect_log(instance, slot, log).map_err(|source| unusable(function, source))?;
        }
    }
    composition.finish(app)
}

fn unusable(function: &BundledFunction, source: BoxError) -> BundleError {
    BundleError::Function { function: function.id.clone(), source }
}

/// An app that is being composed.
struct Composition {
    graph: CompositionGraph,
    /// The instance that exports the types of the contract.
    types: NodeId,
}

impl Composition {
    fn new() -> Result<Self, BoxError> {
        let mut graph = CompositionGraph::new();
        let types = add_instance(&mut graph, "quidditch:types", wat_component::types()?)?;
        Ok(Composition { graph, types })
    }

    /// Adds the search component and connects all of its imports except the functions.
    fn add_app(
        &mut self,
        component: Vec<u8>,
        functions: &[BundledFunction],
        scripts: &[BundledScript],
    ) -> Result<NodeId, BundleError> {
        // The slots of functions are their numbers: scripts, which have none, come after them.
        let records = functions.iter().map(|function| &*function.record);
        let records: Vec<&str> = records.chain(scripts.iter().map(|script| &*script.record)).collect();
        let catalog = catalog::component(&records).map_err(BundleError::Composition)?;
        let catalog = self.add_instance("quidditch:catalog", catalog).map_err(BundleError::Composition)?;
        let app = self.add_instance("quidditch:app", component).map_err(BundleError::App)?;
        self.connect(app, CATALOG, catalog).map_err(BundleError::App)?;
        // Only the imports of functions use the contract's types.
        if !functions.is_empty() {
            self.connect(app, TYPES_INTERFACE, self.types).map_err(BundleError::App)?;
        }
        Ok(app)
    }

    /// Adds the log of all functions that import one.
    fn add_log(
        &mut self,
        functions: &[BundledFunction],
        shapes: &[ComponentShape],
    ) -> Result<Option<NodeId>, BundleError> {
        let slots = functions.iter().zip(shapes).enumerate().filter(|(_, (_, shape))| shape.imports_log);
        let names: Vec<(usize, &str)> = slots.map(|(slot, (function, _))| (slot, function.id.as_str())).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let log = log::component(&names).and_then(|component| self.add_instance("quidditch:log", component));
        Ok(Some(log.map_err(BundleError::Composition)?))
    }

    /// Adds a function and connects it to the app.
    fn add_function(
        &mut self,
        app: NodeId,
        slot: usize,
        component: Vec<u8>,
        shape: ComponentShape,
    ) -> Result<NodeId, BoxError> {
        let instance = self.add_instance(&format!("quidditch:function{slot}"), component)?;
        if shape.imports_types {
            self.connect(instance, TYPES_INTERFACE, self.types)?;
        }
        for role in shape.roles.iter() {
            let export = self.graph.alias_instance_export(instance, role.interface())?;
            self.graph.set_instantiation_argument(app, &import_name(role, slot), export)?;
        }
        Ok(instance)
    }

    fn connect_log(&mut self, function: NodeId, slot: usize, log: NodeId) -> Result<(), BoxError> {
        let export = self.graph.alias_instance_export(log, &log::export_name(slot))?;
        Ok(self.graph.set_instantiation_argument(function, LOG_INTERFACE, export)?)
    }

    fn add_instance(&mut self, name: &str, component: Vec<u8>) -> Result<NodeId, BoxError> {
        add_instance(&mut self.graph, name, component)
    }

    /// Connects an import of an instance to the export of the same name of another instance.
    fn connect(&mut self, instance: NodeId, interface: &str, exporter: NodeId) -> Result<(), BoxError> {
        let export = self.graph.alias_instance_export(exporter, interface)?;
        Ok(self.graph.set_instantiation_argument(instance, interface, export)?)
    }

    fn finish(mut self, app: NodeId) -> Result<Vec<u8>, BundleError> {
        let handler = self.graph.alias_instance_export(app, HANDLER).map_err(|error| BundleError::App(error.into()))?;
        self.graph.export(handler, HANDLER).map_err(|error| BundleError::Composition(error.into()))?;
        self.graph.encode(EncodeOptions::default()).map_err(|error| BundleError::Composition(error.into()))
    }
}

/// Adds an instance of a component under a name that no other one has.
fn add_instance(graph: &mut CompositionGraph, name: &str, component: Vec<u8>) -> Result<NodeId, BoxError> {
    let package = Package::from_bytes(name, None, component, graph.types_mut())?;
    let package = graph.register_package(package)?;
    Ok(graph.instantiate(package))
}
