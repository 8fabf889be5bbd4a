//! The limits of a mapping.

/// Most fields, sub-fields and objects together. Each costs memory in every split, open or being written.
pub const MAX_FIELDS: usize = 1_000;

/// How deep objects may be nested, including the document itself: deeper nesting is a mistake or an attack.
pub const MAX_OBJECT_DEPTH: usize = 20;

/// Longest full name of a field in bytes.
pub const MAX_FIELD_NAME_BYTES: usize = 512;
