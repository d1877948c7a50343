// SPDX-License-Identifier: Apache-2.0

// One SELECT by key after the other through pgx: pgx_peer <url> <operations>
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

type person struct {
	id     int64
	email  string
	age    *int32
	active bool
	score  float64
}

func cpuNow() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close(ctx)
	operations, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	run := func(count int) {
		for i := 0; i < count; i++ {
			var one person
			row := connection.QueryRow(ctx, "SELECT id, email, age, active, score FROM bench_people WHERE id = $1", int64(1+i%1000))
			if err := row.Scan(&one.id, &one.email, &one.age, &one.active, &one.score); err != nil {
				log.Fatal(err)
			}
		}
	}
	run(operations/10 + 1)
	wall, cpu := time.Now(), cpuNow()
	run(operations)
	spent, elapsed := cpuNow()-cpu, time.Since(wall).Nanoseconds()
	fmt.Printf("{\"cpu\": %.1f, \"wall\": %.1f}\n", float64(spent)/float64(operations), float64(elapsed)/float64(operations))
}
