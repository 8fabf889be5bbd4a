//! `/_udf`: publishing, yanking and trying functions.

mod failure;
mod put_function;
mod test_function;
mod test_request;
mod yank_function;

pub(crate) use self::put_function::put_function;
pub(crate) use self::test_function::test_function;
pub(crate) use self::yank_function::yank_function;
