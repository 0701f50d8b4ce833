#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seeds.py - makes the seed corpus of the fuzzer from the bus traces.

    tests/fuzz/seeds.py tests/traces tests/fuzz/corpus

A trace becomes operations (tests/fuzz/input.h): commands are taken out of the memory contents that
software wrote into the queue, identifiers are mapped onto the few the fuzzer plays with, and what the
trace expects is left out. Each trace gives a few inputs, cut from its length.

What traces lack is made up, always the same: lives of LPIs, that is, redistributors with hardly a line
that are switched on and off and put to sleep while LPIs come, move and are acknowledged.
"""
import json
import os
import random
import re
import sys

OPS_A_SEED = 120
SEEDS_A_TRACE = 8
LIVES = 24
HEADER = 24

CODES = ("run run_long reg raw command garble publish msi poke config fault withhold release resetn "
         "its lpis acknowledge drop_clean face twin skip ask bus settle rewind_save "
         "rewind_load control").split()
CODE = {name: number for number, name in enumerate(CODES)}

# Places of the opcodes in op_command().
OPCODE = {0x08: 0, 0x09: 1, 0x0a: 2, 0x0b: 3, 0x01: 4, 0x0f: 5, 0x03: 6, 0x04: 7, 0x0c: 8, 0x0d: 9,
          0x05: 10, 0x0e: 11}


def number(value):
    return value if isinstance(value, int) else int(value, 0)


def op(name, *operands):
    return bytes([CODE[name]] + [o & 0xff for o in operands] + [0] * (7 - len(operands)))


class Names:
    """Identifiers in the order they are met."""

    def __init__(self, count):
        self.count = count
        self.known = {}

    def of(self, value):
        return self.known.setdefault(value, len(self.known)) % self.count


class Translator:
    def __init__(self, registers):
        self.registers = registers
        self.device = Names(4)
        self.event = Names(4)
        self.icid = Names(4)
        self.intid = Names(16)
        self.queue = (0, 0)
        self.ops = []

    def emit(self, name, *operands):
        self.ops.append(op(name, *operands))

    def command(self, dw):
        opcode = dw[0] & 0xff
        if opcode not in OPCODE:
            self.emit("garble", 0, opcode ^ 8)
            opcode = 8
        device = self.device.of(dw[0] >> 32)
        event = self.event.of(dw[1] & 0xffffffff)
        size = dw[1] & 31
        intid = self.intid.of(dw[1] >> 32) if opcode == 0x0a else min(size, 3)
        icid = self.icid.of(dw[2] & 0xffff)
        rd = dw[2] >> 16 & 3
        if opcode == 0x0e:
            rd |= (dw[3] >> 16 & 3) << 2
        self.emit("command", OPCODE[opcode], device, event, icid, intid, rd if opcode != 8 else 0,
                  dw[2] >> 63)

    def register(self, line):
        frame, offset, size = line["frame"], number(line["offset"]), line["size"]
        write = line["op"] == "write"
        value = number(line["value"]) if "value" in line else 0
        rd = int(frame[4:]) & 3 if frame.startswith("GICR") else 0
        if frame == "GITS" and write and offset in (0x80, 0x84):
            self.queue = (value & 0xffffffff000, 0x1000 * ((value & 255) + 1))
            return
        if frame == "GITS" and write and offset in (0x100, 0x108):
            return
        if frame == "GITS" and write and offset == 0x88:
            self.emit("publish")
        elif frame == "GITS" and write and offset == 0:
            self.emit("its", 0 if value & 1 else 1, 8)
        elif frame.startswith("GICR") and write and offset == 0:
            self.emit("lpis", rd, 1 if value & 1 else 2)
        elif frame.startswith("GICR") and write and offset == 0x14:
            self.emit("lpis", rd, 3 if value & 2 else 4)
        else:
            kind = "GICR" if frame.startswith("GICR") else frame
            which = self.registers.get((kind, offset & ~7 if offset != 4 else offset))
            if which is not None:
                half = 2 if size == 4 else 0
                self.emit("reg", which, (1 if write else 0) | half, rd, *value.to_bytes(8, "little")[:4])

    def poke(self, line):
        at = number(line["addr"])
        base, size = self.queue
        if "words" in line and base <= at < base + size:
            words = [number(w) for w in line["words"]]
            for i in range(0, len(words) - 3, 4):
                self.command(words[i:i + 4])
        elif "bytes" in line and len(line["bytes"]) == 2:
            self.emit("config", at & 15, int(line["bytes"], 16))

    def line(self, line):
        what = line["op"]
        if what == "poke":
            self.poke(line)
        elif what in ("write", "read"):
            self.register(line)
        elif what == "msi":
            self.emit("msi", self.device.of(number(line["device"])),
                      self.event.of(number(line["event"])))
        elif what == "run":
            self.emit("run", min(number(line["cycles"]), 255))
        elif what == "settle":
            self.emit("settle")
        elif what == "ack":
            self.emit("acknowledge", number(line["redistributor"]) & 3)
        elif what == "resetn":
            self.emit("resetn", number(line["cycles"]) - 1)
        elif what == "bus":
            self.emit("fault", 3, 0x4c if line["access"] == "fault" else 0, 10)


def register_numbers(source):
    """(frame, offset) to the place in regs.def."""
    frames = {"ITS_FRAME_GITS": "GITS", "ITS_FRAME_TRANSLATION": "GITS_TRANSLATION",
              "ITS_FRAME_GICD": "GICD", "ITS_FRAME_GICR": "GICR"}
    with open(source, encoding="ascii") as text:
        found = re.findall(r"^REG(?:32|64)\((\w+), \w+, (0x\w+)", text.read(), re.M)
    return {(frames[f], int(o, 16)): i for i, (f, o) in enumerate(found)}


def header(preset, seed, boot):
    h = bytearray(HEADER)
    h[0] = preset
    h[1] = boot
    h[3] = 1
    h[4] = seed % 8
    h[5] = seed
    h[6] = (seed * 37) & 0x7f
    h[7] = 3
    return bytes(h)


def field_numbers(source):
    """Profile field to its place in profile.def."""
    with open(source, encoding="ascii") as text:
        return {name: i for i, name in enumerate(re.findall(r"^FIELD\((\w+)", text.read(), re.M))}


def set_field(number, above_least):
    """As change() of config.cpp reads it: a value this much above the field's least."""
    value = above_least * 4 + (0 if above_least < 4 else 1)
    return bytes([number + 1, value & 0xff, value >> 8])


def life(fields, seed):
    dice = random.Random(seed)
    byte = dice.randrange
    h = bytearray(header(dice.randrange(5), seed, 0x40 | byte(2)))
    h[7] = byte(4)
    h[8:20] = (set_field(fields["lpi_entries"], dice.choice([0, 0, 1, 1, 2, 3, 8])) +
               set_field(fields["waker_sleep"], 1) +
               set_field(fields["lpi_disable"], dice.choice([0, 0, 2])) +
               set_field(fields["rd_cycles"], dice.choice([0, 1, 40])))
    moves = [OPCODE[o] for o in (0x01, 0x01, 0x0f, 0x03, 0x04, 0x0c, 0x0d, 0x0e, 0x0e)]
    whats = [0, 1, 2, 3, 4, 5, 5, 6, 8, 9, 10]  # of op_lpis()
    makers = [
        (26, lambda: op("msi", byte(4), byte(4), byte(4), byte(256))),
        (20, lambda: op("lpis", byte(4), dice.choice(whats), byte(32))),
        (14, lambda: op("command", dice.choice(moves), *(byte(n) for n in (4, 4, 4, 16, 16)), 5)),
        (12, lambda: op("acknowledge", byte(4))),
        (12, lambda: op("run", byte(60))),
        (5, lambda: op("settle")),
        (3, lambda: op("face", byte(2), byte(2), byte(8))),
        (3, lambda: op("bus", byte(20), byte(256), byte(256))),
        (2, lambda: op("config", byte(16), dice.choice([0xa1, 0x21, 0xa0, 0xf1]))),
        (2, lambda: op("withhold", byte(256), byte(256), byte(256), byte(256))),
        (1, lambda: op("release"))]
    weights, ways = zip(*makers)
    return bytes(h) + b"".join(make() for make in dice.choices(ways, weights, k=OPS_A_SEED))


def main():
    traces, corpus = sys.argv[1:3]
    fields = field_numbers(os.path.join(traces, "../../model/arch/profile.def"))
    registers = register_numbers(os.path.join(traces, "../../model/arch/regs.def"))
    os.makedirs(corpus, exist_ok=True)
    for name in sorted(os.listdir(traces)):
        if not name.endswith(".jsonl"):
            continue
        translator = Translator(registers)
        with open(os.path.join(traces, name), encoding="ascii") as text:
            for line in text:
                if line.strip() and not line.startswith("#"):
                    translator.line(json.loads(line))
        ops = translator.ops
        step = max(OPS_A_SEED, len(ops) // SEEDS_A_TRACE)
        for i, at in enumerate(range(0, len(ops), step)):
            piece = ops[at:at + OPS_A_SEED]
            boot = 0x40 if i % 2 else 0
            boot |= 0x0c if "indirect" in name else 0
            boot |= 2 if i % 4 == 3 else 0
            path = os.path.join(corpus, f"{name[:-6]}-{i}")
            with open(path, "wb") as out:
                out.write(header(1 if i % 3 else 0, i + 1, boot) + b"".join(piece))
    for i in range(LIVES):
        with open(os.path.join(corpus, f"lives-of-lpis-{i:02}"), "wb") as out:
            out.write(life(fields, i + 1))


main()
