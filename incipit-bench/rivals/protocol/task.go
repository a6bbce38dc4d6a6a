// SPDX-License-Identifier: Apache-2.0

package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

const magic = "INCRIV01"

// What stands before the hashes of a prompt.
type head struct {
	worker, length, storedFrom, known, at int
}

// A workload, as `./incipit evaluate rivals` writes it.
type task struct {
	workers int
	heads   []head
	hashes  []uint64
}

func read(file string) (*task, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, []byte(magic)) {
		return nil, fmt.Errorf("%s: not a workload of version 1", file)
	}
	data = data[len(magic):]
	next := func() int {
		value := binary.BigEndian.Uint32(data)
		data = data[4:]
		return int(value)
	}
	read := &task{workers: next()}
	count, at := next(), 0
	for range count {
		head := head{next(), next(), next(), next(), at}
		at += head.length
		read.heads = append(read.heads, head)
	}
	if len(data) != 8*at {
		return nil, fmt.Errorf("%s: %d bytes of hashes (expected: %d)", file, len(data), 8*at)
	}
	read.hashes = make([]uint64, at)
	for i := range read.hashes {
		read.hashes[i] = binary.BigEndian.Uint64(data[8*i:])
	}
	return read, nil
}

func (t *task) count() int {
	return len(t.heads)
}

func (t *task) chain(head head) Chain {
	hashes := t.hashes[head.at : head.at+head.length]
	return Chain{hashes, hashes}
}

// A copy, as of a request that has just been decoded.
func (t *task) question(set string, i int) (Chain, error) {
	head := t.heads[i]
	hashes := append([]uint64(nil), t.chain(head).Chained...)
	switch set {
	case "full":
	case "arrival":
		for at := head.known; at < head.length; at++ {
			hashes[at] = ^hashes[at]
		}
	default:
		return Chain{}, fmt.Errorf("set: %s (expected: arrival or full)", set)
	}
	return Chain{hashes, hashes}, nil
}
