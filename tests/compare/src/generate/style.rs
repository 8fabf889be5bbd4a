//! How unusual random values are.

use super::Random;

/// What a value is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// One of few, so that there are ties and repetitions.
    Plain,
    /// At an edge of what is valid.
    Edge,
    /// Perhaps invalid.
    Misfit,
}

/// How likely values are unusual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wildness {
    /// Values at an edge of what is valid.
    pub(super) edge: f64,
    /// Values that may be invalid.
    pub(super) misfit: f64,
}

impl Wildness {
    /// What the next value is to be like.
    pub(super) fn style(self, random: &mut Random) -> Style {
        if random.chance(self.misfit) {
            Style::Misfit
        } else if random.chance(self.edge) {
            Style::Edge
        } else {
            Style::Plain
        }
    }
}
