package abi

// Table has what clauses were bound to. The host knows them by their indices.
type Table[T any] struct {
	items []*T
	free  []uint32
}

// Add returns the index of a new item.
func (t *Table[T]) Add(item *T) uint32 {
	if last := len(t.free) - 1; last >= 0 {
		index := t.free[last]
		t.free = t.free[:last]
		t.items[index] = item
		return index
	}
	t.items = append(t.items, item)
	return uint32(len(t.items) - 1)
}

// Get returns the item with this index.
func (t *Table[T]) Get(index uint32) *T {
	return t.items[index]
}

// Remove removes the item with this index.
func (t *Table[T]) Remove(index uint32) {
	t.items[index] = nil
	t.free = append(t.free, index)
}
