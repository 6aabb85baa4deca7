#!/usr/bin/env bash
# Expected: Go's package for transparency logs reads any log of its kind. C2SP tlog-checkpoint and tlog-tiles say that
#   they grew out of it, so `tlog.ParseTree` should read a checkpoint, and `Tile.Path` should give a tile's address.
# Seen: `ParseTree` refuses every checkpoint whose first line is not "go.sum database tree", and says only "malformed
#   tree note". `Path` puts the height of the tiles into the address (tile/8/0/000), which tlog-tiles leaves out.
# Versions: golang-golang-x-mod-dev 0.7.0-1 (golang.org/x/mod), Go 1.19.8, as Debian 12 has them.
# Meaning: a reader of a log that follows C2SP must parse the three lines of the checkpoint and build the addresses of
#   tiles itself. Note signatures, hashes of tiles and both kinds of proof work as they are.
# Porthor: tests/postgres/log-reader/main.go reads the lines and cuts the height out of the address.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need go 'install the Debian package golang-go'
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ] ||
  { echo 'MISSING: golang.org/x/mod: install the Debian package golang-golang-x-mod-dev' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	root := tlog.RecordHash([]byte("x"))
	_, own := tlog.ParseTree(tlog.FormatTree(tlog.Tree{N: 1, Hash: root}))
	_, other := tlog.ParseTree([]byte("example.com/log\n1\n" + root.String() + "\n"))
	path := tlog.Tile{H: 8, L: 0, N: 1067, W: 3}.Path()
	fmt.Printf("the checkpoint of Go's own log: %v\n", own)
	fmt.Printf("the checkpoint of another log: %v\n", other)
	fmt.Printf("address of a tile: %s\n", path)
	if own == nil && other != nil && path == "tile/8/0/x001/067.p/3" {
		fmt.Println("AS DESCRIBED")
		return
	}
	fmt.Println("CHANGED")
	os.Exit(1)
}
GO
go version
GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/cache" CGO_ENABLED=0 go run main.go
