//! Whether the sandbox reads the debug information of components.

/// Whether traps have the positions in the source, from the debug information (DWARF) of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DebugInfo {
    /// For authors of functions. It makes code larger, and code that was compiled so runs only in such a sandbox.
    #[cfg(feature = "debug-info")]
    Read,
    Ignored,
}
