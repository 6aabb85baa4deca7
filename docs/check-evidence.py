#!/usr/bin/env python3
"""Checks one bundle of Porthor's evidence with Python's standard library and openssl alone.

    python3 check-evidence.py BUNDLE.json LOG-KEY [CHECKPOINT]

LOG-KEY is the public key of the log, as the school published it. CHECKPOINT is a file with a checkpoint that somebody
kept elsewhere: if it has as many leaves as that of the bundle, their roots must be the same. Ends with 0 when all holds.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")


class Wrong(Exception):
    """What does not hold, in words."""


def sha256(data):
    return hashlib.sha256(data).digest()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def is_signed(public_key, message, signature):
    """Ed25519, by openssl. `public_key` is 32 bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pem = base64.encodebytes(SPKI_ED25519 + public_key).decode()
        (folder / "key").write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}-----END PUBLIC KEY-----\n")
        (folder / "message").write_bytes(message)
        (folder / "signature").write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key", "-rawin"]
        command += ["-in", folder / "message", "-sigfile", folder / "signature"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def open_note(note, log_key):
    """Returns the signed text of a note as in https://c2sp.org/signed-note."""
    name, key_hash, encoded = log_key.strip().split("+", 2)
    key = base64.b64decode(encoded)
    if len(key) != 33 or key[0] != 1 or sha256(f"{name}\n".encode() + key)[:4].hex() != key_hash:
        raise Wrong("the key of the log is not a key")
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        match = re.fullmatch("\u2014 (\\S+) (\\S+)", line)
        if match is None or match[1] != name:
            continue
        signature = base64.b64decode(match[2])
        if signature[:4].hex() == key_hash and is_signed(key[1:], text.encode(), signature[4:]):
            return text
    raise Wrong("the key of the log has not signed it")


def read_checkpoint(note, log_key):
    """Returns size and root. The note is https://c2sp.org/tlog-checkpoint."""
    origin, size, root = open_note(note, log_key).split("\n")[:3]
    if origin != log_key.strip().split("+")[0]:
        raise Wrong("the checkpoint is of another log")
    return int(size), base64.b64decode(root)


def check_leaf(leaf, kind, form, covered, size, root):
    """The leaf is for this text, and the tree of the checkpoint includes it: RFC 9162, section 2.1.3.2."""
    digest = sha256(bytes.fromhex(leaf["salt"]) + covered).hex()
    if leaf["entry"] != f"porthor-leaf-{form} {kind} {digest}":
        raise Wrong(f"the leaf is not of this {kind}")
    index, last = leaf["index"], size - 1
    if not 0 <= index <= last:
        raise Wrong(f"leaf {index} is behind the end of the log")
    found = sha256(b"\0" + leaf["entry"].encode())
    for beside in (base64.b64decode(text) for text in leaf["proof"]):
        if last == 0:
            raise Wrong("the proof is too long")
        if index % 2 == 1 or index == last:
            found = sha256(b"\1" + beside + found)
            while index % 2 == 0 and index > 0:
                index, last = index // 2, last // 2
        else:
            found = sha256(b"\1" + found + beside)
        index, last = index // 2, last // 2
    if last != 0 or found != root:
        raise Wrong(f"the log does not include the {kind}")


def check_signature(event, key):
    """The PC signed these facts as this event: a compact JWS with Ed25519, RFC 7515 and RFC 8037."""
    facts = dict(event["data"])
    evidence = facts.pop("evidence", None)
    if evidence is None:
        raise Wrong("the acknowledgement has no signature")
    header_text, payload_text, signature = evidence.split(".")
    header = json.loads(from_base64url(header_text))
    thumbprint = to_base64url(sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{key["x"]}"}}'.encode()))
    if header.get("alg") not in ("EdDSA", "Ed25519") or header.get("typ") != "porthor-statement+jws":
        raise Wrong("the signature is not over a statement")
    if header.get("kid") != thumbprint or key["key"] != thumbprint:
        raise Wrong("the signature names another key")
    said = json.loads(from_base64url(payload_text))
    expected = {"event": event["id"], "sequence": event["sequence"], "agent": key["agent"], "school": key["school"]}
    for member, value in expected.items():
        if said.get(member) != value:
            raise Wrong(f"the statement is for another {member}")
    if event["source"] != f"porthor:agent:{key['agent']}" or said.get("facts") != facts:
        raise Wrong("the signed facts are not those of the event")
    message = f"{header_text}.{payload_text}".encode()
    if not is_signed(from_base64url(key["x"]), message, from_base64url(signature)):
        raise Wrong("the signature of the PC does not match")
    return facts


def check_countersignatures(bundle, log_key, size, root):
    """The log holds each record, and its key signed each countersignature under the leaf of this event."""
    event_id = json.loads(bundle["event"]["raw"])["id"]
    leaf = sha256(b"\0" + bundle["event"]["leaf"]["entry"].encode()).hex()
    lines = []
    for one in bundle.get("countersignatures", []):
        check_leaf(one["leaf"], "countersignature", "v1", one["raw"].encode(), size, root)
        record = json.loads(one["raw"])
        if record["event"] != event_id:
            raise Wrong("a countersignature is for another event")
        if record["act"] == "withdrawn":
            lines.append(f"withdrawn by {record['name']} at {record['at']}: {record['reason']}")
            continue
        said = open_note(record["signature"], log_key).split("\n")
        if said[0] != "porthor-countersignature-v1" or said[2:5] != [event_id, leaf, record["by"]]:
            raise Wrong("a countersignature was made under something else")
        lines.append(f"countersigned by {record['name']} at {record['at']}")
    return lines


def main(bundle_file, log_key, kept_file=None):
    bundle = json.loads(Path(bundle_file).read_text(encoding="utf-8"))
    if bundle["form"] != "porthor-bundle-v1":
        raise Wrong("this is no bundle of version 1")
    size, root = read_checkpoint(bundle["checkpoint"], log_key)
    if kept_file is not None:
        kept_size, kept_root = read_checkpoint(Path(kept_file).read_text(encoding="utf-8"), log_key)
        if kept_size > size:
            raise Wrong("the log had more leaves when the kept checkpoint was signed")
        if kept_size == size and kept_root != root:
            raise Wrong("two logs were signed: keep both checkpoints, they prove it")
    raw, arrival = bundle["event"]["raw"], bundle["event"]["arrival"]
    if arrival is None:
        check_leaf(bundle["event"]["leaf"], "acknowledgement", "v1", raw.encode(), size, root)
    else:
        check_leaf(bundle["event"]["leaf"], "acknowledgement", "v2", f"{arrival}\n{raw}".encode(), size, root)
    check_leaf(bundle["key"]["leaf"], "key-enrolled", "v1", bundle["key"]["raw"].encode(), size, root)
    facts = check_signature(json.loads(raw), json.loads(bundle["key"]["raw"]))
    signed = check_countersignatures(bundle, log_key, size, root)
    account = facts["account"]
    print(f"{facts['action']}: {facts['policyId']} {facts['policyVersion']}, text {facts['textSha256']}")
    print(f"by {facts['fullName']} ({account['domain']}\\{account['name']}) at {facts['decidedAt']}")
    for line in signed:
        print(line)
    print(f"The PC signed it, and the log of {size} leaves holds it and the key of the PC.")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except Wrong as problem:
        sys.exit(f"NOT proven: {problem}.")
    except (KeyError, TypeError, ValueError, OSError) as problem:
        sys.exit(f"NOT proven: the bundle cannot be read ({problem}).")
