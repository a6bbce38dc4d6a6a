// SPDX-License-Identifier: Apache-2.0

// AIBrix' index of engine events behind the protocol of docs/evaluation.md.
package main

import (
	"encoding/binary"
	"strconv"

	"github.com/vllm-project/aibrix/pkg/utils/syncprefixcacheindexer"
	"incipit/rival/protocol"
)

const (
	model = "model"
	lora  = -1
)

func main() {
	protocol.Serve(func(workers int) (protocol.Index, error) {
		index := &index{
			table: syncprefixcacheindexer.NewSyncPrefixHashTable(),
			ready: map[string]struct{}{},
		}
		for worker := range max(workers, 64) {
			index.ready[strconv.Itoa(worker)] = struct{}{}
		}
		return index, nil
	})
}

type index struct {
	table *syncprefixcacheindexer.SyncPrefixHashTable
	ready map[string]struct{}
}

// A block is 8 bytes of tokens, the hash of its own tokens: AIBRIX_PREFIX_CACHE_BLOCK_SIZE says so.
func tokens(hashes []uint64) []byte {
	var tokens []byte
	for _, hash := range hashes {
		tokens = binary.BigEndian.AppendUint64(tokens, hash)
	}
	return tokens
}

func event(worker int, chain protocol.Chain, from, to int) syncprefixcacheindexer.BlockStored {
	event := syncprefixcacheindexer.BlockStored{
		ModelName: model,
		LoraID:    lora,
		SourcePod: strconv.Itoa(worker),
	}
	if from > 0 {
		parent := int64(chain.Chained[from-1])
		event.ParentBlockHash = &parent
	}
	for at := from; at < to; at++ {
		event.BlockHashes = append(event.BlockHashes, int64(chain.Chained[at]))
		event.Tokens = append(event.Tokens, tokens(chain.Locals[at:at+1]))
	}
	return event
}

// A block a message, since of several in one message it chains the first only.
func (x *index) Put(worker int, chain protocol.Chain, from, to int) func() error {
	events := make([]syncprefixcacheindexer.BlockStored, 0, to-from)
	for at := from; at < to; at++ {
		events = append(events, event(worker, chain, at, at+1))
	}
	return func() error {
		for _, event := range events {
			if err := x.table.ProcessBlockStored(event); err != nil {
				return err
			}
		}
		return nil
	}
}

func (x *index) PutAtOnce(worker int, chain protocol.Chain, from, to int) func() error {
	event := event(worker, chain, from, to)
	return func() error { return x.table.ProcessBlockStored(event) }
}

func (x *index) Drop(worker int, chain protocol.Chain, from, to int) func() error {
	event := syncprefixcacheindexer.BlockRemoved{
		ModelName: model,
		LoraID:    lora,
		SourcePod: strconv.Itoa(worker),
	}
	for at := to - 1; at >= from; at-- {
		event.BlockHashes = append(event.BlockHashes, int64(chain.Chained[at]))
	}
	return func() error { return x.table.ProcessBlockRemoved(event) }
}

func (x *index) Ask(chain protocol.Chain) protocol.Question {
	tokens := tokens(chain.Locals)
	return protocol.Question{
		Ask: func() (int, error) {
			scores, _ := x.table.MatchPrefix(model, lora, tokens, x.ready)
			sum := 0
			for _, percent := range scores {
				sum += percent
			}
			return sum, nil
		},
		Beside: func() { x.table.GetPrefixHashes(tokens) },
	}
}

func (x *index) Answer(chain protocol.Chain) (map[int]int, error) {
	scores, _ := x.table.MatchPrefix(model, lora, tokens(chain.Locals), x.ready)
	answer := map[int]int{}
	for pod, percent := range scores {
		worker, err := strconv.Atoi(pod)
		if err != nil {
			return nil, err
		}
		answer[worker] = percent
	}
	return answer, nil
}

// The least number of blocks that is so many percent, rounded down.
func (x *index) Blocks(answer, of int) int {
	return (answer*of + 99) / 100
}
