// SPDX-License-Identifier: Apache-2.0

// Package protocol lets an index of blocks answer the commands of docs/evaluation.md: a command a
// line on standard input, an answer a line on standard output.
package protocol

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

const (
	// Changes that are made before the clock starts.
	batch = 512
	// Questions that are made before the clock starts: few, as a server holds few at a time.
	questionsMax = 32
)

// Chain is the blocks of a prompt, each by a hash of its own tokens and by one that covers all
// blocks before it as well.
type Chain struct {
	Locals  []uint64
	Chained []uint64
}

func (c Chain) head(length int) Chain {
	return Chain{c.Locals[:length], c.Chained[:length]}
}

// Index is an index under measurement. Each method only makes what is to be done.
type Index interface {
	// Put stores blocks [from, to) for a worker, in as many messages as the index takes.
	Put(worker int, chain Chain, from, to int) func() error
	// PutAtOnce stores them in one message.
	PutAtOnce(worker int, chain Chain, from, to int) func() error
	// Drop removes them, the last first.
	Drop(worker int, chain Chain, from, to int) func() error
	// Ask asks who holds how much, and gives the sum of that.
	Ask(chain Chain) Question
	// Answer asks, and gives worker -> blocks, or percent of the blocks asked for.
	Answer(chain Chain) (map[int]int, error)
	// Blocks says how many of so many blocks an answer means.
	Blocks(answer, of int) int
}

// Question is a question that has been made.
type Question struct {
	Ask func() (int, error)
	// Beside is a part of asking that is not the index's; it is measured alone, and subtracted.
	Beside func()
}

// Serve answers until the standard input ends. Indexes are made for so many workers; for 0, with
// the defaults of their project.
func Serve(empty func(workers int) (Index, error)) {
	runtime.LockOSThread()
	rival := &rival{empty: empty}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		answer, err := rival.answer(strings.Fields(lines.Text()))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(answer)
	}
}

type rival struct {
	empty  func(int) (Index, error)
	index  Index
	task   *task
	chains []Chain
	before uint64
}

func (r *rival) answer(words []string) (string, error) {
	if len(words) == 0 {
		return "", errors.New("command: none")
	}
	switch words[0] {
	case "load":
		task, err := read(words[1])
		if err != nil {
			return "", err
		}
		r.task = task
		return fmt.Sprintf("loaded %d", task.count()), nil
	case "store":
		return r.store()
	case "remove":
		return r.remove()
	case "ask":
		return r.ask(words[1])
	case "check":
		return r.check(words[1])
	case "bytes":
		return fmt.Sprintf("bytes %d", live()-r.before), nil
	case "new":
		index, err := r.empty(0)
		r.index, r.chains = index, nil
		return "ok", err
	case "chain":
		chain, err := parse(words[1:])
		r.chains = append(r.chains, chain)
		return "ok", err
	case "put", "puts", "drop":
		return r.change(words)
	case "score":
		return r.score(words)
	}
	return "", fmt.Errorf("command: %s (expected: one of the protocol)", strings.Join(words, " "))
}

func parse(words []string) (Chain, error) {
	var chain Chain
	for _, word := range words {
		local, chained, _ := strings.Cut(word, ":")
		own, err := strconv.ParseUint(local, 16, 64)
		if err != nil {
			return chain, err
		}
		all, err := strconv.ParseUint(chained, 16, 64)
		if err != nil {
			return chain, err
		}
		chain.Locals = append(chain.Locals, own)
		chain.Chained = append(chain.Chained, all)
	}
	return chain, nil
}

func numbers(words []string) ([]int, error) {
	var numbers []int
	for _, word := range words {
		number, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}

func (r *rival) change(words []string) (string, error) {
	at, err := numbers(words[1:])
	if err != nil {
		return "", err
	}
	worker, chain, from, to := at[0], r.chains[at[1]], at[2], at[3]
	switch words[0] {
	case "put":
		err = r.index.Put(worker, chain, from, to)()
	case "puts":
		err = r.index.PutAtOnce(worker, chain, from, to)()
	default:
		err = r.index.Drop(worker, chain, from, to)()
	}
	return "ok", err
}

func (r *rival) score(words []string) (string, error) {
	at, err := numbers(words[1:])
	if err != nil {
		return "", err
	}
	scores, err := r.index.Answer(r.chains[at[0]].head(at[1]))
	if err != nil {
		return "", err
	}
	var text []string
	for worker, score := range scores {
		if blocks := r.index.Blocks(score, at[1]); blocks > 0 {
			text = append(text, fmt.Sprintf("%d:%d", worker, blocks))
		}
	}
	sort.Strings(text)
	return strings.Join(append([]string{"score"}, text...), " "), nil
}

func (r *rival) store() (string, error) {
	r.index = nil
	r.before = live()
	index, err := r.empty(r.task.workers)
	if err != nil {
		return "", err
	}
	r.index = index
	var ns int64
	blocks := 0
	for from := 0; from < r.task.count(); from += batch {
		var todo []func() error
		for i := from; i < min(from+batch, r.task.count()); i++ {
			head := r.task.heads[i]
			if head.storedFrom < head.length {
				chain := r.task.chain(head)
				todo = append(todo, index.Put(head.worker, chain, head.storedFrom, head.length))
				blocks += head.length - head.storedFrom
			}
		}
		took, err := timed(todo)
		if err != nil {
			return "", err
		}
		ns += took
	}
	return fmt.Sprintf("stored %d %d", ns, blocks), nil
}

// Drops what the second half of the prompts stored, the last first, tails first.
func (r *rival) remove() (string, error) {
	var ns int64
	blocks := 0
	for end := r.task.count(); end > r.task.count()/2; end -= batch {
		var todo []func() error
		for i := end - 1; i >= max(end-batch, r.task.count()/2); i-- {
			head := r.task.heads[i]
			if head.storedFrom < head.length {
				chain := r.task.chain(head)
				todo = append(todo, r.index.Drop(head.worker, chain, head.storedFrom, head.length))
				blocks += head.length - head.storedFrom
			}
		}
		took, err := timed(todo)
		if err != nil {
			return "", err
		}
		ns += took
	}
	return fmt.Sprintf("removed %d %d", ns, blocks), nil
}

func timed(todo []func() error) (int64, error) {
	start := cpuNs()
	for _, one := range todo {
		if err := one(); err != nil {
			return 0, err
		}
	}
	return cpuNs() - start, nil
}

func (r *rival) ask(set string) (string, error) {
	var ns int64
	sum := 0
	for from := 0; from < r.task.count(); from += questionsMax {
		var questions []Question
		for i := from; i < min(from+questionsMax, r.task.count()); i++ {
			chain, err := r.task.question(set, i)
			if err != nil {
				return "", err
			}
			questions = append(questions, r.index.Ask(chain))
		}
		start := cpuNs()
		for _, question := range questions {
			blocks, err := question.Ask()
			if err != nil {
				return "", err
			}
			sum += blocks
		}
		asked := cpuNs()
		for _, question := range questions {
			if question.Beside != nil {
				question.Beside()
			}
		}
		ns += (asked - start) - (cpuNs() - asked)
	}
	return fmt.Sprintf("asked %d %d %d", max(1, ns), r.task.count(), sum), nil
}

func (r *rival) check(set string) (string, error) {
	var digest uint64
	for i := range r.task.heads {
		chain, err := r.task.question(set, i)
		if err != nil {
			return "", err
		}
		answer, err := r.index.Answer(chain)
		if err != nil {
			return "", err
		}
		for worker, blocks := range answer {
			if blocks > 0 {
				digest += mix(mix(mix(uint64(i)+1)^uint64(worker)) ^ uint64(blocks))
			}
		}
	}
	return fmt.Sprintf("checked %016x %d", digest, r.task.count()), nil
}

// Steele, Lea and Flood's SplitMix64.
func mix(seed uint64) uint64 {
	x := seed + 0x9E3779B97F4A7C15
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB
	return x ^ (x >> 31)
}

// Bytes in use after a collection.
func live() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// CPU time of this thread; what the collector does on others is not in it.
func cpuNs() int64 {
	const threadCPUTime = 3
	var time syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadCPUTime, uintptr(unsafe.Pointer(&time)), 0)
	return time.Nano()
}
