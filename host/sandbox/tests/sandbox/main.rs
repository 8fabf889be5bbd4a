//! Well-behaved and hostile functions, written by hand, in a sandbox.

mod behaviour;
mod check;
mod documents;
mod guest;
mod hostile;
mod limits;
