#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The bytes of LTX files, against a second reader and writer written from the format alone.

A small database of made-up pages and the next state of it become files by our encoder. These must be
the committed ones in golden/ byte for byte (a new LZ4 may choose other bytes: look, then
`golden.py write`); this reader here must find the pages in them; and our decoder must take what the
writer here makes, which stores pages without compressing them.
"""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LTX = os.path.join(HERE, "..", "..", "build", "test", "replicate", "tool", "ltx")
GOLDEN = os.path.join(HERE, "golden")
BIT, MS = 1 << 63, 1795225800000
MASK = (1 << 32) - 1
results = []


def check(name, passed, detail=""):
    results.append(passed)
    print(f"{'ok' if passed else 'not ok'} {len(results)} - {name}")
    if not passed:
        for line in str(detail).splitlines():
            print(f"#   {line}")


# ---- checksums ---------------------------------------------------------------------------------------


def crc64(data):
    a = (1 << 64) - 1
    for byte in data:
        a ^= byte
        for _ in range(8):
            a = a >> 1 ^ (0xD800000000000000 if a & 1 else 0)
    return a ^ (1 << 64) - 1


def database_sum(pages):
    total = 0
    for number, page in pages.items():
        total ^= crc64(struct.pack(">I", number) + page)
    return BIT | total


def xxh32(data):
    """https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md"""
    p1, p2, p3, p4, p5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393

    def turn(value, by):
        value &= MASK
        return (value << by | value >> 32 - by) & MASK

    at = 0
    if len(data) >= 16:
        lanes = [p1 + p2 & MASK, p2, 0, -p1 & MASK]
        while at + 16 <= len(data):
            lanes = [turn(lane + word * p2, 13) * p1 & MASK
                     for lane, word in zip(lanes, struct.unpack_from("<4I", data, at))]
            at += 16
        a = turn(lanes[0], 1) + turn(lanes[1], 7) + turn(lanes[2], 12) + turn(lanes[3], 18)
    else:
        a = p5
    a = a + len(data) & MASK
    while at + 4 <= len(data):
        a = turn(a + struct.unpack_from("<I", data, at)[0] * p3, 17) * p4 & MASK
        at += 4
    for byte in data[at:]:
        a = turn(a + byte * p5, 11) * p1 & MASK
    a = (a ^ a >> 15) * p2 & MASK
    a = (a ^ a >> 13) * p3 & MASK
    return a ^ a >> 16


# ---- LZ4: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md --------


def unpack_block(block):
    out, at = bytearray(), 0
    while at < len(block):
        token = block[at]
        at += 1
        lengths = []
        for nibble in (token >> 4, token & 15):
            length = nibble
            if lengths and at == len(block):
                return bytes(out)
            if lengths:
                back = struct.unpack_from("<H", block, at)[0]
                at += 2
            while nibble == 15:
                length += block[at]
                at += 1
                if block[at - 1] != 255:
                    break
            if not lengths:
                out += block[at:at + length]
                at += length
            lengths.append(length)
        for _ in range(lengths[1] + 4):
            out.append(out[-back])
    return bytes(out)


def unpack_frame(data, at):
    magic, flags, size, header_sum = struct.unpack_from("<IBBB", data, at)
    assert magic == 0x184D2204 and flags == 0x64 and size == 0x40
    assert header_sum == xxh32(data[at + 4:at + 6]) >> 8 & 255
    at += 7
    out = b""
    while (length := struct.unpack_from("<I", data, at)[0]) != 0:
        stored, length = length >> 31, length & 0x7FFFFFFF
        block = data[at + 4:at + 4 + length]
        out += block if stored else unpack_block(block)
        at += 4 + length
    assert struct.unpack_from("<I", data, at + 4)[0] == xxh32(out)
    return out, at + 8


def pack_frame(page):
    head = bytes([0x64, 0x40])
    return (struct.pack("<I", 0x184D2204) + head + bytes([xxh32(head) >> 8 & 255]) +
            struct.pack("<I", len(page) | 1 << 31) + page + struct.pack("<II", 0, xxh32(page)))


# ---- LTX ---------------------------------------------------------------------------------------------


def varint(n):
    out = b""
    while n >= 128:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def read(data):
    """(flags, page size, commit, min, max, ms, before), {number: page}, after; all of it checked."""
    assert data[:4] == b"LTX1" and data[48:100] == bytes(52)
    header = struct.unpack_from(">IIIQQQQ", data, 4)
    at, covered, pages, index = 100, data[:100], {}, b""
    while data[at:at + 6] != bytes(6):
        number, flags = struct.unpack_from(">IH", data, at)
        assert flags == 0
        page, end = unpack_frame(data, at + 6)
        assert len(page) == header[1]
        covered += data[at:at + 6] + page
        index += varint(number) + varint(at) + varint(end - at)
        pages[number] = page
        at = end
    index += b"\0"
    index += struct.pack(">Q", len(index))
    assert data[at + 6:-16] == index
    after, whole = struct.unpack(">QQ", data[-16:])
    assert whole == BIT | crc64(covered + bytes(6) + index + data[-16:-8])
    return header, pages, after


def write(flags, commit, first, last, before, pages, after):
    size = len(next(iter(pages.values())))
    data = b"LTX1" + struct.pack(">IIIQQQQ", flags, size, commit, first, last, MS, before) + bytes(52)
    covered, index = data, b""
    for number, page in sorted(pages.items()):
        frame = struct.pack(">IH", number, 0) + pack_frame(page)
        index += varint(number) + varint(len(data)) + varint(len(frame))
        covered += frame[:6] + page
        data += frame
    index += b"\0"
    index += struct.pack(">Q", len(index))
    tail = bytes(6) + index + struct.pack(">Q", after)
    return data + tail + struct.pack(">Q", BIT | crc64(covered + tail))


# ---- the test ----------------------------------------------------------------------------------------


def page(number, turn, size=512):
    body = bytes((number * 7 + turn + i * (i % (3 + number))) % 251 for i in range(size))
    return body[:16] + struct.pack(">H", size) + body[18:]


BEFORE = {n: page(n, 0) for n in range(1, 6)}
AFTER = {**BEFORE, 1: page(1, 1), 4: bytes(512), 6: page(6, 1), 7: page(7, 1)}
CHANGED = {n: p for n, p in AFTER.items() if BEFORE.get(n) != p}


def ltx(*arguments):
    done = subprocess.run([LTX, *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def make(folder):
    for name, pages in (("before.db", BEFORE), ("after.db", AFTER)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"".join(pages[n] for n in sorted(pages)))
    before, after = os.path.join(folder, "before.db"), os.path.join(folder, "after.db")
    made = {}
    for flags, kind in ((0, "sums"), (2, "plain")):
        snapshot, change, both = (os.path.join(folder, f"{what}_{kind}.ltx") for what in ("snapshot", "change", "both"))
        for status, said in (ltx("encode", snapshot, 1, 1, MS, flags, "-", before),
                             ltx("encode", change, 2, 2, MS, flags, before, after),
                             ltx("compact", both, snapshot, change)):
            if status:
                raise RuntimeError(said)
        for path in (snapshot, change, both):
            with open(path, "rb") as file:
                made[os.path.basename(path)] = file.read()
    return made


def main():
    with tempfile.TemporaryDirectory(prefix="anteroom-golden-") as folder:
        made = make(folder)
        if sys.argv[1:] == ["write"]:
            for name, data in made.items():
                with open(os.path.join(GOLDEN, name), "wb") as file:
                    file.write(data)
            return 0
        check("the check value of CRC-64/GO-ISO", crc64(b"123456789") == 0xB90956C775A41001)
        for flags, kind in ((0, "sums"), (2, "plain")):
            sums = [database_sum(BEFORE), database_sum(AFTER)] if flags == 0 else [0, 0]
            for name, wanted in (
                    (f"snapshot_{kind}.ltx", ((flags, 512, 5, 1, 1, MS, 0), BEFORE, sums[0])),
                    (f"change_{kind}.ltx", ((flags, 512, 7, 2, 2, MS, sums[0]), CHANGED, sums[1])),
                    (f"both_{kind}.ltx", ((flags, 512, 7, 1, 2, MS, 0), AFTER, sums[1]))):
                with open(os.path.join(GOLDEN, name), "rb") as file:
                    check(f"{name} as it always was", file.read() == made[name])
                check(f"{name} says what it should", read(made[name]) == wanted)
                (_, _, commit, first, last, _, before), pages, after = wanted
                path = os.path.join(folder, "ours.ltx")
                with open(path, "wb") as file:
                    file.write(write(flags, commit, first, last, before, pages, after))
                status, said = ltx("verify", path)
                check(f"{name} made here: our decoder takes it", status == 0, said)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
