//! What a core module imports of its component.

use wasm_encoder::ValType;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, InterfaceId, Resolve, TypeId};

use super::links::Params;

/// How the name of the module begins from which functions for handles of exported resources are imported.
const HANDLES: &str = "[export]";
const NEW_HANDLE: &str = "[resource-new]";

/// What a module imports.
pub(super) enum Import<'r> {
    /// A function of an imported interface.
    Function(InterfaceId, &'r Function),
    /// The function that makes a handle of an exported resource.
    NewHandle(TypeId),
}

impl<'r> Import<'r> {
    pub(super) fn function(&self) -> Option<(InterfaceId, &'r Function)> {
        match self {
            Import::Function(interface, function) => Some((*interface, function)),
            Import::NewHandle(_) => None,
        }
    }

    /// `None` if it is not a function of the world.
    pub(super) fn find(
        (module, name): (&str, &str),
        resolve: &'r Resolve,
        imported: &[InterfaceId],
        exported: &[InterfaceId],
    ) -> Option<Self> {
        let named = |ids: &[InterfaceId], name: &str| {
            ids.iter().copied().find(|id| resolve.id_of(*id).is_some_and(|id| id == name))
        };
        if let Some(module) = module.strip_prefix(HANDLES) {
            let interface = named(exported, module)?;
            let resource = resolve.interfaces[interface].types.get(name.strip_prefix(NEW_HANDLE)?)?;
            return Some(Import::NewHandle(*resource));
        }
        let interface = named(imported, module)?;
        Some(Import::Function(interface, resolve.interfaces[interface].functions.get(name)?))
    }
}

/// The core parameters of an imported function.
pub(super) fn params(resolve: &Resolve, function: &Function) -> Params {
    let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
    let ty = |ty: &WasmType| match ty {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    };
    signature.params.iter().map(ty).collect()
}
