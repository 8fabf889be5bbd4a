// The canonical ABI of the component model: how values are passed in linear memory.

import { allocate, collect } from "./runtime";
import { decode, encode } from "./utf8";

/** Where the result of a call is stored. The host reads it before the next call. */
export const RESULT: usize = memory.data(40, 8);

const EMPTY: StaticArray<u8> = [];

/**
 * Allocates memory for the host. Each list becomes the content of an object whose header has its size, which makes it
 * a `StaticArray` without copying it. The host never resizes a list.
 */
export function allocateForHost(old: usize, oldSize: usize, align: usize, size: usize): usize {
  return size ? allocate(size, idof<ArrayBuffer>()) : align;
}

/** The host has read the result of a call. */
export function release(result: usize): void {
  collect();
}

/** A list of numbers in the arguments of a call. */
export function list<T>(at: usize): StaticArray<T> {
  return listOf<T>(load<usize>(at), load<u32>(at, 4));
}

export function listOf<T>(pointer: usize, length: u32): StaticArray<T> {
  return changetype<StaticArray<T>>(length ? pointer : changetype<usize>(EMPTY));
}

/** A list for the result of a call. (The constructor of `StaticArray` would add an error message.) */
export function zeros<T>(length: u32): StaticArray<T> {
  const size = length * sizeof<T>();
  const list = allocate(size, idof<StaticArray<T>>());
  memory.fill(list, 0, size);
  return changetype<StaticArray<T>>(list);
}

/** A string in the arguments of a call. */
export function text(at: usize): string {
  return decode(load<usize>(at), load<u32>(at, 4));
}

/** Stores a list in the result of a call. */
export function storeList<T>(at: usize, items: StaticArray<T>): void {
  storeItems(at, changetype<usize>(items), items.length);
}

/** Stores a string in the result of a call. */
export function storeText(at: usize, text: string): void {
  storeList(at, encode(text));
}

/** Stores a list of records in the result of a call. Returns the address of the first; all their bytes are 0. */
export function storeRecords(at: usize, count: u32, size: u32): usize {
  const first = changetype<usize>(zeros<u8>(count * size));
  storeItems(at, first, count);
  return first;
}

function storeItems(at: usize, first: usize, count: u32): void {
  store<usize>(at, first);
  store<u32>(at, count, 4);
}
