//! Composes an app.

use std::collections::BTreeSet;

use quidditch_function::{LOG_INTERFACE, Roles, TYPES_INTERFACE};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::catalog::CATALOG;
use crate::component_shape::ComponentShape;
use crate::dispatcher::import_name;
use crate::error::BoxError;
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

/// Composes an app of `search`, which is what `components/search` is built as, and any number of functions, also none.
///
/// Equal arguments result in equal bytes.
///
/// # Errors
/// [`BundleError::App`] if `search` is something else; [`BundleError::Function`] if a component is not a function;
/// [`BundleError::Duplicate`]; and [`BundleError::Composition`] if the versions of the components do not match.
pub fn bundle(search: &[u8], functions: &[BundledFunction]) -> Result<Vec<u8>, BundleError> {
    let mut ids = BTreeSet::new();
    let mut shapes = Vec::with_capacity(functions.len());
    for function in functions {
        if !ids.insert(&function.id) {
            return Err(BundleError::Duplicate { function: function.id.clone() });
        }
        let shape = ComponentShape::from_component(&function.component);
        shapes.push(shape.map_err(|error| unusable(function, error.into()))?);
    }
    let roles: Vec<Roles> = shapes.iter().map(|shape| shape.roles).collect();
    let search = search_component::component(search, &roles)?;

    let mut composition = Composition::new().map_err(BundleError::Composition)?;
    let app = composition.add_app(search, functions)?;
    for (slot, (function, shape)) in functions.iter().zip(shapes).enumerate() {
        composition.add_function(app, slot, function, shape).map_err(|source| unusable(function, source))?;
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
    fn add_app(&mut self, component: Vec<u8>, functions: &[BundledFunction]) -> Result<NodeId, BundleError> {
        let records: Vec<&str> = functions.iter().map(|function| function.record.as_str()).collect();
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

    /// Adds a function and connects it to the app.
    fn add_function(
        &mut self,
        app: NodeId,
        slot: usize,
        function: &BundledFunction,
        shape: ComponentShape,
    ) -> Result<(), BoxError> {
        let instance = self.add_instance(&format!("quidditch:function{slot}"), function.component.clone())?;
        if shape.imports_types {
            self.connect(instance, TYPES_INTERFACE, self.types)?;
        }
        if shape.imports_log {
            let log = self.add_instance(&format!("quidditch:log{slot}"), log::component(&function.id)?)?;
            self.connect(instance, LOG_INTERFACE, log)?;
        }
        for role in shape.roles.iter() {
            let export = self.graph.alias_instance_export(instance, role.interface())?;
            self.graph.set_instantiation_argument(app, &import_name(role, slot), export)?;
        }
        Ok(())
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
