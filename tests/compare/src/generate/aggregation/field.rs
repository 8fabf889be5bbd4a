//! The field of an aggregation.

use super::super::schema::FieldSpec;
use super::super::world::World;

/// A field, or now and then one that does not fit.
pub(super) fn field(world: &mut World, fits: impl Fn(&FieldSpec) -> bool) -> Option<FieldSpec> {
    if world.random.chance(0.03) { world.field(|_| true) } else { world.field(fits) }
}
