// The allocator of components in C. It is half a kilobyte; the C library's is twelve. Link it with a function instead of that one.
//
// The size of a block is a power of two, and each size has a list of free blocks. So malloc and free take a few instructions, and the
// memory of one batch is used again for the next. Blocks are never split or joined: memory grows to the sum of the peaks of all sizes,
// which for batches of similar size is the peak of the total.

#include <stddef.h>
#include <stdint.h>

enum { PAGE = 65536, SMALLEST = 4, SIZES = 32 };

typedef struct block {
  uint32_t size;       // this block's size is 1 << size, this header included
  struct block *next;  // the next free block of this size; the header has 16 bytes, so the memory after it is aligned
  uint64_t padding;
} block_t;

static block_t *free_blocks[SIZES];
static uintptr_t top;  // the address of the first byte that was never used

extern char __heap_base;  // the end of the memory that the linker uses

void *malloc(size_t len) {
  if (len > INT32_MAX - sizeof(block_t)) return NULL;
  uint32_t size = SMALLEST;
  while (((size_t)1 << size) < len + sizeof(block_t)) size++;
  block_t *block = free_blocks[size];
  if (block) {
    free_blocks[size] = block->next;
    return block + 1;
  }
  if (!top) top = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  uintptr_t end = top + ((uintptr_t)1 << size), there = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
  if (end < top) return NULL;
  if (end > there && __builtin_wasm_memory_grow(0, (end - there + PAGE - 1) / PAGE) == SIZE_MAX) return NULL;
  block = (block_t *)top;
  block->size = size;
  top = end;
  return block + 1;
}

void free(void *memory) {
  if (!memory) return;
  block_t *block = (block_t *)memory - 1;
  block->next = free_blocks[block->size];
  free_blocks[block->size] = block;
}

void *realloc(void *memory, size_t len) {
  size_t old_len = memory ? ((size_t)1 << ((block_t *)memory - 1)->size) - sizeof(block_t) : 0;
  if (memory && len <= old_len) return memory;
  void *new_memory = malloc(len);
  if (!new_memory) return NULL;
  __builtin_memcpy(new_memory, memory, old_len);
  free(memory);
  return new_memory;
}

void *calloc(size_t count, size_t len) {
  if (len && count > SIZE_MAX / len) return NULL;
  void *memory = malloc(count * len);
  if (memory) __builtin_memset(memory, 0, count * len);
  return memory;
}
