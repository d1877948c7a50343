module tupelo/bench/peers/pgx

go 1.21
