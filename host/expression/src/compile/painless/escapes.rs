//! How the paths through statements end, for the mistakes that follow from it: statements that are never reached, and loops that
//! never repeat or never end.

/// Where a statement is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) result: ResultPlace,
    pub(super) in_loop: LoopPlace,
}

/// What happens to the value of an expression that is a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultPlace {
    /// The script or the function returns it: it ends there.
    Returned,
    /// It is not used.
    Unused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoopPlace {
    Outside,
    Inside,
    /// At the end of a loop's body.
    Last,
}

impl Place {
    /// The last statement of a script or a function.
    pub(super) const END: Place = Place { result: ResultPlace::Returned, in_loop: LoopPlace::Outside };
    /// The last statement of a loop's body.
    pub(super) const LOOP: Place = Place { result: ResultPlace::Unused, in_loop: LoopPlace::Last };

    /// That of a statement before another one.
    pub(super) fn before(self) -> Self {
        let in_loop = if self.in_loop == LoopPlace::Last { LoopPlace::Inside } else { self.in_loop };
        Place { result: ResultPlace::Unused, in_loop }
    }
}

/// Where the paths through a statement lead.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Escapes {
    /// All of them return.
    pub(super) returns: bool,
    /// All of them return or break.
    pub(super) leaves_loop: bool,
    /// None of them comes to the next statement.
    pub(super) all: bool,
    /// One of them breaks.
    pub(super) breaks: bool,
    /// One of them continues.
    pub(super) continues: bool,
}

impl Escapes {
    pub(super) fn returned() -> Self {
        Escapes { returns: true, leaves_loop: true, all: true, ..Escapes::default() }
    }

    pub(super) fn broken() -> Self {
        Escapes { leaves_loop: true, all: true, breaks: true, ..Escapes::default() }
    }

    pub(super) fn continued() -> Self {
        Escapes { all: true, continues: true, ..Escapes::default() }
    }

    /// Of a statement after this one.
    pub(super) fn then(self, next: Escapes) -> Self {
        Escapes { breaks: self.breaks || next.breaks, continues: self.continues || next.continues, ..next }
    }

    /// Of two branches.
    pub(super) fn or(self, other: Escapes) -> Self {
        Escapes {
            returns: self.returns && other.returns,
            leaves_loop: self.leaves_loop && other.leaves_loop,
            all: self.all && other.all,
            breaks: self.breaks || other.breaks,
            continues: self.continues || other.continues,
        }
    }
}
