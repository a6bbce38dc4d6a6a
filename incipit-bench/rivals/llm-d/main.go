// SPDX-License-Identifier: Apache-2.0

// llm-d's index in memory, and its scorer, behind the protocol of docs/evaluation.md.
package main

import (
	"context"
	"strconv"

	"github.com/go-logr/logr"
	"github.com/llm-d/llm-d-kv-cache/pkg/kvcache"
	"github.com/llm-d/llm-d-kv-cache/pkg/kvcache/kvblock"
	"incipit/rival/protocol"
	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

func main() {
	log.SetLogger(logr.Discard())
	protocol.Serve(func(workers int) (protocol.Index, error) {
		config := kvblock.DefaultInMemoryIndexConfig()
		// Its default leaves out whoever comes after ten.
		config.PodCacheSize = max(config.PodCacheSize, workers)
		blocks, err := kvblock.NewInMemoryIndex(config)
		if err != nil {
			return nil, err
		}
		scorer, err := kvcache.NewKVBlockScorer(kvcache.DefaultKVBlockScorerConfig())
		if err != nil {
			return nil, err
		}
		return &index{blocks: blocks, scorer: scorer, ctx: context.Background()}, nil
	})
}

type index struct {
	blocks *kvblock.InMemoryIndex
	scorer kvcache.KVBlockScorer
	ctx    context.Context
	pods   []string
}

func (x *index) entries(worker int) []kvblock.PodEntry {
	for len(x.pods) <= worker {
		x.pods = append(x.pods, strconv.Itoa(len(x.pods)))
	}
	return []kvblock.PodEntry{{PodIdentifier: x.pods[worker], DeviceTier: "gpu"}}
}

func keys(hashes []uint64) []kvblock.BlockHash {
	keys := make([]kvblock.BlockHash, len(hashes))
	for i, hash := range hashes {
		keys[i] = kvblock.BlockHash(hash)
	}
	return keys
}

// The engine's hashes are the keys of requests, so that nothing is hashed anew.
func (x *index) Put(worker int, chain protocol.Chain, from, to int) func() error {
	keys, entries := keys(chain.Chained[from:to]), x.entries(worker)
	return func() error { return x.blocks.Add(x.ctx, keys, keys, entries) }
}

func (x *index) PutAtOnce(worker int, chain protocol.Chain, from, to int) func() error {
	return x.Put(worker, chain, from, to)
}

func (x *index) Drop(worker int, chain protocol.Chain, from, to int) func() error {
	keys, entries := keys(chain.Chained[from:to]), x.entries(worker)
	return func() error {
		for i := len(keys) - 1; i >= 0; i-- {
			if err := x.blocks.Evict(x.ctx, keys[i], kvblock.EngineKey, entries); err != nil {
				return err
			}
		}
		return nil
	}
}

func (x *index) scores(keys []kvblock.BlockHash) (map[string]float64, error) {
	pods, err := x.blocks.Lookup(x.ctx, keys, sets.Set[string]{})
	if err != nil {
		return nil, err
	}
	return x.scorer.Score(x.ctx, keys, pods)
}

func (x *index) Ask(chain protocol.Chain) protocol.Question {
	keys := keys(chain.Chained)
	return protocol.Question{Ask: func() (int, error) {
		if len(keys) == 0 {
			return 0, nil
		}
		scores, err := x.scores(keys)
		sum := 0.0
		for _, score := range scores {
			sum += score
		}
		return int(sum), err
	}}
}

func (x *index) Answer(chain protocol.Chain) (map[int]int, error) {
	answer := map[int]int{}
	if len(chain.Chained) == 0 {
		return answer, nil
	}
	scores, err := x.scores(keys(chain.Chained))
	for pod, score := range scores {
		worker, wrong := strconv.Atoi(pod)
		if wrong != nil {
			return nil, wrong
		}
		answer[worker] = int(score)
	}
	return answer, err
}

func (x *index) Blocks(answer, _ int) int {
	return answer
}
