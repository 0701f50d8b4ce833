// SPDX-License-Identifier: MIT
// trace.h - bus traces in memory: what docs/trace-format.md describes, read and checked.
//
// read_trace() either returns a trace in which every line is valid and nothing is missing, or throws
// trace_error with a message that begins "<file>:<line>: ". Nothing else is thrown for any content
// of the file, and no part of an invalid file is ever handed out.
#ifndef ITSIM_REPLAY_TRACE_H
#define ITSIM_REPLAY_TRACE_H

#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace replay {

class trace_error : public std::runtime_error {
public:
    trace_error(const std::string &file, unsigned line, const std::string &what);
};

struct range {
    uint64_t base = 0;
    uint64_t size = 0;
};

// Frames a trace can name. An offset in gicr is below 0x20000: the SGI page is the second half.
enum class frame { gits, translation, gicd, gicr };

struct place {
    replay::frame frame = frame::gits;
    unsigned redistributor = 0; // gicr
    uint32_t offset = 0;
    unsigned size = 4; // 2, 4 or 8 bytes
};

// Redistributor and INTID.
struct lpi {
    unsigned redistributor = 0;
    uint32_t intid = 0;
};

struct fill_op {
    uint64_t addr = 0;
    uint64_t length = 0;
    uint8_t byte = 0;
};

struct poke_op {
    uint64_t addr = 0;
    std::vector<uint8_t> bytes;
};

struct peek_op {
    uint64_t addr = 0;
    std::vector<uint8_t> bytes;
    std::vector<uint8_t> mask; // as long as bytes
};

struct write_op {
    place at;
    uint64_t value = 0;
};

struct read_op {
    place at;
    std::optional<uint64_t> value;
    uint64_t mask = ~UINT64_C(0);
    bool poll = false;
};

// expect without a value: the trace says nothing about the outcome; with an empty one: no LPI may
// change.
struct msi_op {
    uint32_t device = 0;
    uint32_t event = 0;
    std::optional<std::optional<lpi>> expect;
};

struct run_op {
    uint64_t cycles = 0;
};

struct settle_op {};

struct pending_op {
    unsigned redistributor = 0;
    std::vector<uint32_t> intids; // sorted, each once
};

struct ack_op {
    lpi expect;
};

struct resetn_op {
    uint64_t cycles = 0;
};

struct bus_op {
    range window;
    bool fault = false;
};

struct quiet_op {
    bool on = false;
};

struct stats_op {
    struct limits {
        uint64_t min = 0;
        uint64_t max = ~UINT64_C(0);
    };
    std::map<std::string, limits> counters;
};

struct op {
    unsigned line = 0;
    std::variant<fill_op, poke_op, peek_op, write_op, read_op, msi_op, run_op, settle_op,
                 pending_op, ack_op, resetn_op, bus_op, quiet_op, stats_op>
        what;
};

// The first line: what the trace was recorded on, and the memory it needs.
struct header {
    std::string name;
    std::string profile;
    unsigned redistributors = 0;
    unsigned devid_bits = 0;
    unsigned eventid_bits = 0;
    unsigned collection_bits = 0;
    unsigned intid_bits = 0;
    std::vector<range> ram;
    std::optional<uint64_t> seed;
    std::string note;
};

struct trace {
    std::string file;
    header begin;
    std::vector<op> ops; // begin and end left out
};

// Name of an op as it stands in the file.
const char *name_of(const op &o);

// "GITS", "GICR3" ... as it stands in the file.
std::string name_of(const place &at);

// Reads a trace; `file` is the name used in messages.
trace read_trace(std::istream &in, const std::string &file);

// The same from a file of that name.
trace read_trace(const std::string &file);

} // namespace replay

#endif
