// Checks a running log with Go's own packages for such logs. It shares no code with the collector.
//
// Arguments: the address of the log, the verifier key, the file of an older checkpoint. Prints `size N` at the end.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func fail(context string, err error) {
	fmt.Printf("%s: %v\n", context, err)
	os.Exit(1)
}

func get(address string) ([]byte, error) {
	response, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, response.Status)
	}
	return body, err
}

// The package puts the height into the address of a tile, and C2SP tlog-tiles does not.
func tileAddress(log string, tile tlog.Tile) string {
	return log + "/tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

// The package hands over each tile that it has authenticated, so that it is fetched once.
type tiles struct {
	log   string
	known map[tlog.Tile][]byte
}

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		if data, found := t.known[tile]; found {
			all = append(all, data)
			continue
		}
		data, err := get(tileAddress(t.log, tile))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) SaveTiles(saved []tlog.Tile, data [][]byte) {
	for index, tile := range saved {
		t.known[tile] = data[index]
	}
}

// tlog.ParseTree reads checkpoints of the Go checksum database alone, so the three lines are read here.
func openTree(text []byte, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 3 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Every entry, its hash from the tiles, and its inclusion in the tree.
func checkEntries(log string, tree tlog.Tree, hashes tlog.HashReader) {
	for start := int64(0); start < tree.N; start += 1 << height {
		tile := tlog.Tile{H: height, L: 0, N: start >> height, W: 1 << height}
		if tree.N-start < 1<<height {
			tile.W = int(tree.N - start)
		}
		address := strings.Replace(tileAddress(log, tile), "/tile/0/", "/tile/entries/", 1)
		bundle, err := get(address)
		if err != nil {
			fail("entries", err)
		}
		for index := start; index < start+int64(tile.W); index++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail("entries", fmt.Errorf("entry %d is cut off", index))
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2:end])
			bundle = bundle[end:]
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				fail("tiles", err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
				fail(fmt.Sprintf("entry %d", index), err)
			}
		}
		if len(bundle) > 0 {
			fail("entries", fmt.Errorf("%d bytes after the last entry", len(bundle)))
		}
	}
}

type recordProof struct {
	LeafIndex  int64
	Entry      string
	Proof      []string
	Checkpoint string
}

// The collector's own answer about one record.
func checkRecord(log, key, id string) {
	body, err := get(log + "/records/" + id)
	if err != nil {
		fail("record", err)
	}
	var record recordProof
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&record); err != nil {
		fail("record", err)
	}
	tree, err := openTree([]byte(record.Checkpoint), key)
	if err != nil {
		fail("checkpoint of the record", err)
	}
	var proof tlog.RecordProof
	for _, text := range record.Proof {
		var hash tlog.Hash
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil || copy(hash[:], decoded) != tlog.HashSize {
			fail("record", fmt.Errorf("%q is no hash", text))
		}
		proof = append(proof, hash)
	}
	leaf := tlog.RecordHash([]byte(record.Entry))
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, record.LeafIndex, leaf); err != nil {
		fail("record "+id, err)
	}
}

func main() {
	log, key, oldFile := os.Args[1], os.Args[2], os.Args[3]
	checkpoint, err := get(log + "/checkpoint")
	if err != nil {
		fail("checkpoint", err)
	}
	tree, err := openTree(checkpoint, key)
	if err != nil {
		fail("checkpoint", err)
	}
	hashes := tlog.TileHashReader(tree, tiles{log, map[tlog.Tile][]byte{}})
	checkEntries(log, tree, hashes)

	oldText, err := os.ReadFile(oldFile)
	if err != nil {
		fail("older checkpoint", err)
	}
	old, err := openTree(oldText, key)
	if err != nil {
		fail("older checkpoint", err)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		fail("tiles", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		fail("consistency", err)
	}
	for _, id := range os.Args[4:] {
		checkRecord(log, key, id)
	}
	fmt.Printf("size %d\n", tree.N)
}
