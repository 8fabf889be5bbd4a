//! The allocator of components. Its code is a tenth of the size of the standard library's.
//!
//! The size of a block is a power of two, and each size has a list of free blocks. So allocating and freeing take a few instructions,
//! and the memory of one batch is used again for the next. Blocks are never split or joined: memory grows to the sum of the peaks of
//! all sizes, which for batches of similar size is the peak of the total.
#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::cell::Cell;
use core::hint::assert_unchecked;
use core::ptr::null_mut;

#[global_allocator]
static ALLOCATOR: Blocks = Blocks { free: [const { Cell::new(null_mut()) }; 32], top: Cell::new(0) };

const PAGE: usize = 65_536;
/// Also the alignment of every block; nothing here needs a larger one.
const SMALLEST: usize = 16;

struct Blocks {
    /// For each size, as the exponent of two, the first free block. A free block begins with the address of the next one.
    free: [Cell<*mut u8>; 32],
    /// The address of the first byte that was never used.
    top: Cell<usize>,
}

// SAFETY: WebAssembly targets have one thread.
unsafe impl Sync for Blocks {}

unsafe extern "C" {
    /// The end of the memory that the linker uses.
    safe static __heap_base: u8;
}

/// The size of a block for this many bytes, as the exponent of two.
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

impl Blocks {
    #[inline(never)]
    fn take(&self, len: usize) -> *mut u8 {
        let size = block_size(len);
        let Some(first) = self.free.get(size as usize) else { exhausted() };
        let block = first.get();
        if block.is_null() {
            return self.take_new(size);
        }
        // SAFETY: a free block begins with the address of the next one.
        first.set(unsafe { block.cast::<*mut u8>().read() });
        block
    }

    /// # Safety
    ///
    /// The block was taken for this length, and is no longer in use.
    #[inline(never)]
    unsafe fn give_back(&self, block: *mut u8, len: usize) {
        let Some(first) = self.free.get(block_size(len) as usize) else { return };
        // SAFETY: the block is large enough for an address.
        unsafe { block.cast::<*mut u8>().write(first.get()) };
        first.set(block);
    }

    /// # Safety
    ///
    /// The block was taken for this length, and is no longer in use.
    #[inline(never)]
    unsafe fn exchange(&self, block: *mut u8, old_len: usize, len: usize) -> *mut u8 {
        if block_size(old_len) == block_size(len) {
            return block;
        }
        let new = self.take(len);
        // SAFETY: both blocks have at least the smaller length, and do not overlap.
        unsafe {
            new.copy_from_nonoverlapping(block, old_len.min(len));
            self.give_back(block, old_len);
        }
        new
    }
}

// SAFETY: a block is either in use or in one list, and no two blocks overlap.
unsafe impl GlobalAlloc for Blocks {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        never_null(self.take(layout.size()))
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: guaranteed by the caller.
        unsafe { self.give_back(block, layout.size()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, len: usize) -> *mut u8 {
        // SAFETY: guaranteed by the caller.
        never_null(unsafe { self.exchange(block, layout.size(), len) })
    }
}

/// Tells the compiler that a block is there, so that it omits the standard library's handler, which formats numbers.
#[inline]
fn never_null(block: *mut u8) -> *mut u8 {
    // SAFETY: blocks are above the stack and the constants.
    unsafe { assert_unchecked(!block.is_null()) };
    block
}

/// Traps here instead of in the standard library's handler, which would add code that formats numbers.
#[cold]
fn exhausted() -> ! {
    #[cfg(feature = "log")]
    crate::log::error("out of memory");
    unreachable()
}
