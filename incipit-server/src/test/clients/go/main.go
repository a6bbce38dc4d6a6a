// SPDX-License-Identifier: Apache-2.0

// Asks a server in text through go-redis, and prints what it understood; ClientsIT judges.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

var ctx = context.Background()

func flat(reply any) string {
	list, isList := reply.([]any)
	if !isList {
		return fmt.Sprint(reply)
	}
	words := []string{}
	for _, each := range list {
		if text := flat(each); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

func main() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + os.Args[1]})
	ask := func(words ...any) any {
		reply, err := client.Do(ctx, words...).Result()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return reply
	}
	for seq, blocks := range []int{200, 5000} {
		hashes := []string{}
		for i := 0; i < blocks; i++ {
			hashes = append(hashes, fmt.Sprintf("%016x", uint64(blocks)<<48|0x8f9fafbfcfdf+uint64(i)))
		}
		chain := strings.Join(hashes, "")
		half := strings.Join(hashes[:blocks/2], "")
		rest := strings.Join(hashes[blocks/2:], "")
		last := hashes[blocks-1]
		fmt.Println("publish", ask("KVC.PUBLISH", "default", "long", 1, seq+1, "STORE", "GPU", "", chain, "HEX"))
		fmt.Println("publish", ask("KVC.PUBLISH", "default", "half", 1, seq+1, "STORE", "HOST", "", half, "HEX"))
		match := ask("KVC.MATCH", "default", chain, "HEX").([]any)
		fmt.Println("match", flat(match[:3]), "by", flat(match[4]))
		place := ask("KVC.MATCH", "default", half, "HEX").([]any)[3]
		match = ask("KVC.MATCH", "default", rest, "FROM", place, "HEX").([]any)
		fmt.Println("from", flat(match[:3]), "by", flat(match[4]))
		score := ask("KVC.SCORE", "default", chain, "HEX").([]any)
		fmt.Println("score", flat(score[:2]), "by", flat(score[3:]))
		fmt.Println("locate", flat(ask("KVC.LOCATE", "default", last, "HEX")))
		run := ask("KVC.RUN", "default", hashes[0], 3, "HEX").([]any)
		fmt.Println("run", run[0])
	}
}
