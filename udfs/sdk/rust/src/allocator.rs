//! The allocator of components: a tenth of the standard library's in size.
//!
//! A block's size is a power of two; a free block waits in the list of its size. So allocating and freeing are a few instructions,
//! and the memory of one batch serves the next. Blocks are never split or joined: memory grows to the most that was ever in
//! use of each size, which for batches of much the same size is the most that was in use at once.
#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::cell::Cell;
use core::ptr::null_mut;

#[global_allocator]
static ALLOCATOR: Blocks = Blocks { free: [const { Cell::new(null_mut()) }; 32], top: Cell::new(0) };

const PAGE: usize = 65_536;
/// Also the alignment of every block; nothing here asks for more.
const SMALLEST: usize = 16;

struct Blocks {
    /// For each size, as the power of two, the first free block. A free block begins with the address of the next.
    free: [Cell<*mut u8>; 32],
    /// Where memory that was never used begins.
    top: Cell<usize>,
}

// SAFETY: the targets that this is compiled for have one thread.
unsafe impl Sync for Blocks {}

unsafe extern "C" {
    /// Where the linker's part of memory ends.
    safe static __heap_base: u8;
}

/// The size of a block for so many bytes, as the power of two.
fn block_size(len: usize) -> u32 {
    len.max(SMALLEST).saturating_sub(1).ilog2() + 1
}

impl Blocks {
    fn take_new(&self, size: u32) -> *mut u8 {
        if self.top.get() == 0 {
            self.top.set((&raw const __heap_base).addr().next_multiple_of(SMALLEST));
        }
        let block = self.top.get();
        let Some(end) = 1_usize.checked_shl(size).and_then(|len| block.checked_add(len)) else { exhausted() };
        let missing = end.saturating_sub(memory_size::<0>() * PAGE);
        if missing > 0 && memory_grow::<0>(missing.div_ceil(PAGE)) == usize::MAX {
            exhausted();
        }
        self.top.set(end);
        core::ptr::with_exposed_provenance_mut(block)
    }
}

// SAFETY: a block is in use or in one list, never both, and no two blocks overlap.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = block_size(layout.size());
        let Some(first) = self.free.get(size as usize) else { exhausted() };
        let block = first.get();
        if block.is_null() {
            return self.take_new(size);
        }
        // SAFETY: a free block begins with the address of the next.
        first.set(unsafe { block.cast::<*mut u8>().read() });
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(first) = self.free.get(block_size(layout.size()) as usize) else { return };
        // SAFETY: the block is ours again, and holds an address at least.
        unsafe { block.cast::<*mut u8>().write(first.get()) };
        first.set(block);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, len: usize) -> *mut u8 {
        if block_size(layout.size()) == block_size(len) {
            return block;
        }
        // SAFETY: the caller's promises for `layout` hold for the same with another size; the new block does not overlap.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(len, layout.align()));
            new.copy_from_nonoverlapping(block, layout.size().min(len));
            self.dealloc(block, layout);
            new
        }
    }
}

/// Ends the function here and not in the standard library's handler: that would bring the code that formats numbers.
#[cold]
fn exhausted() -> ! {
    #[cfg(feature = "log")]
    crate::log::error("out of memory");
    unreachable()
}
