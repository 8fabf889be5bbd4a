//! Makes lists whose length is known.

use alloc::alloc::{Layout, alloc};
use alloc::vec::Vec;

/// A list of `item(0)`, `item(1)` and so on.
///
/// The standard library's lists would add the handler of allocations that fail, which formats numbers. The allocator of components
/// never returns null.
#[inline]
#[allow(unsafe_code)]
pub(crate) fn list<T>(len: usize, mut item: impl FnMut(usize) -> T) -> Vec<T> {
    let layout = match Layout::array::<T>(len) {
        Ok(layout) if layout.size() > 0 => layout,
        // Without a length or without a size, nothing is allocated.
        Ok(_) => return (0..len).map(item).collect(),
        Err(_) => too_long(),
    };
    // SAFETY: the size is not 0.
    let items = unsafe { alloc(layout) }.cast::<T>();
    if items.is_null() {
        too_long();
    }
    for index in 0..len {
        // SAFETY: there is memory for `len` items.
        unsafe { items.add(index).write(item(index)) };
    }
    // SAFETY: all items are there, and the memory was allocated for as many.
    unsafe { Vec::from_raw_parts(items, len, len) }
}

#[cold]
fn too_long() -> ! {
    panic!("out of memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_in_order() {
        assert_eq!(list(3, |index| index * 2), [0, 2, 4]);
        assert_eq!(list(0, |index| index), [0; 0]);
        assert_eq!(list(2, |_| ()), [(), ()]);
    }
}
