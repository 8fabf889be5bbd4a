// The allocator of functions in C. It takes half a kilobyte; the C library's takes twelve.
//
// The length of a block is a power of two, and each length has a list of free blocks. So allocating and freeing take
// a few instructions, and the memory of one batch is used again for the next. Blocks are never split or joined:
// memory grows to the sum of the peaks of all lengths, which for batches of similar length is the peak of the total.
//
// `malloc` and `free` return and take single blocks. The blocks of `qd_alloc` are in a list, which is freed as a
// whole.

#include <stdlib.h>

#include "quidditch.h"

enum { PAGE = 65536, SMALLEST = 4, LARGEST = 30 };

// What precedes the memory of a block. It has 16 bytes, so the memory is aligned for any type.
typedef struct block {
  struct block *next;  // in the list of free blocks, or of those of a call
  uint32_t size;       // the memory has 1 << size bytes
  uint64_t padding;
} block;

static block *free_blocks[LARGEST + 1];
static block *call_blocks;  // what was allocated since the current call began
static uintptr_t top;       // the address of the first byte that was never used

extern char __heap_base;  // the end of the memory that the linker uses

static block *take(size_t len) {
  if (len > (size_t)1 << LARGEST) return NULL;
  uint32_t size = len <= 1 << SMALLEST ? SMALLEST : 32 - (uint32_t)__builtin_clz((uint32_t)len - 1);
  block *taken = free_blocks[size];
  if (taken) {
    free_blocks[size] = taken->next;
    return taken;
  }
  if (!top) top = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  uintptr_t end = top + sizeof(block) + ((uintptr_t)1 << size);
  uintptr_t there = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
  if (end < top) return NULL;
  if (end > there && __builtin_wasm_memory_grow(0, (end - there + PAGE - 1) / PAGE) == SIZE_MAX) return NULL;
  taken = (block *)top;
  taken->size = size;
  top = end;
  return taken;
}

static void give_back(block *block) {
  block->next = free_blocks[block->size];
  free_blocks[block->size] = block;
}

static void give_back_all(block *first) {
  while (first) {
    block *next = first->next;
    give_back(first);
    first = next;
  }
}

static size_t capacity(const void *memory) { return (size_t)1 << ((const block *)memory - 1)->size; }

void *malloc(size_t len) {
  block *taken = take(len);
  return taken ? taken + 1 : NULL;
}

void free(void *memory) {
  if (memory) give_back((block *)memory - 1);
}

void *realloc(void *memory, size_t len) {
  if (!memory) return malloc(len);
  if (len <= capacity(memory)) return memory;
  void *larger = malloc(len);
  if (!larger) return NULL;
  memcpy(larger, memory, capacity(memory));
  free(memory);
  return larger;
}

void *calloc(size_t count, size_t len) {
  if (len && count > SIZE_MAX / len) return NULL;
  block *taken = take(count * len);
  return taken ? memset(taken + 1, 0, count * len) : NULL;
}

void *qd_alloc(size_t len) {
  block *taken = take(len);
  if (!taken) qd_panic("out of memory");
  taken->next = call_blocks;
  call_blocks = taken;
  return taken + 1;
}

void *qd_alloc_cleared_(size_t len) { return memset(qd_alloc(len), 0, len); }

void *qd_grow(void *memory, size_t len) {
  if (!memory) return qd_alloc(len);
  if (len <= capacity(memory)) return memory;
  return memcpy(qd_alloc(len), memory, capacity(memory));
}

// Where the host writes what it passes: each text, and each list of numbers. Texts get a NUL at the end.
__attribute__((export_name("cabi_realloc"))) void *qd_realloc_(void *old, size_t old_len, size_t align, size_t len) {
  (void)old_len;
  if (align > 1) return qd_grow(old, len);
  char *text = qd_grow(old, len + 1);
  text[len] = 0;
  return text;
}

void qd_keep_memory_(qd_clause *clause) {
  clause->memory = call_blocks;
  call_blocks = NULL;
}

void qd_free_memory_(qd_clause *clause) { give_back_all(clause->memory); }

void qd_end_call_(void) {
  give_back_all(call_blocks);
  call_blocks = NULL;
}
