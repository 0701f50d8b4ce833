/* SPDX-License-Identifier: MIT */
/* program.cpp - an input from its first byte to its last. */
#include "program.h"

#include <algorithm>
#include <cstdio>

#include "finale.h"
#include "operations.h"

namespace fuzz {

static const char *const names[] = {
    "run", "run_long", "reg",         "raw",         "command",     "garble",  "publish",
    "msi", "poke",     "config",      "fault",       "withhold",    "release", "resetn",
    "its", "lpis",     "acknowledge", "drop_clean",  "face",        "twin",    "skip",
    "ask", "bus",      "settle",      "rewind_save", "rewind_load", "control"};
static_assert(sizeof names / sizeof names[0] == unsigned(code::codes), "one name a code");

const char *op_name(code c)
{
    return names[unsigned(c) % unsigned(code::codes)];
}

static constexpr uint64_t EDGES = 40000; /* of the operations of one input, about */

program::program(const uint8_t *data, size_t bytes, const watcher *w)
    : data_(data), bytes_(bytes), w_(w), m_(input_profile(data, bytes))
{
    std::copy_n(data, bytes < HEADER_BYTES ? bytes : HEADER_BYTES, h_);
    if (w && w->event)
        m_.listener = w->event;
}

/* --- identifiers -------------------------------------------------------------------------------- */

uint32_t program::device(uint8_t b) const
{
    uint32_t limit = uint32_t(uint64_t(1) << m_.profile.devid_bits);
    const uint32_t edge[] = {limit - 1, limit, 511, 512, 8191, 8192, ~0u, 0x10000};
    return b < 224 ? b % 4u : edge[b % 8u];
}

uint32_t program::event(uint8_t b) const
{
    uint32_t limit = uint32_t(uint64_t(1) << m_.profile.eventid_bits);
    const uint32_t edge[] = {limit - 1, limit, 31, 32, limit + 1, 4, ~0u, 0x10000};
    return b < 224 ? b % 4u : edge[b % 8u];
}

uint32_t program::icid(uint8_t b) const
{
    const uint32_t edge[] = {m_.profile.hcc - 1, m_.profile.hcc, 0xffff, 512, 511, 8192, 8191, 5};
    return b < 224 ? b % 4u : edge[b % 8u] & 0xffffu;
}

uint32_t program::intid(uint8_t b) const
{
    uint32_t limit = 1u << m_.profile.intid_bits;
    const uint32_t edge[] = {8191, 0, limit - 1, limit, ~0u, 8192 + 511, 8192 + 512, 1023};
    return b < 224 ? 8192u + b % 16u : edge[b % 8u];
}

uint64_t program::rdbase(uint8_t b) const
{
    const its_profile &p = m_.profile;
    uint32_t rd = b < 240 ? b % p.redistributors : p.redistributors + b % 4u;
    if (b == 255)
        return 0xfffffffff;
    return p.pta ? uint64_t(p.rd_base) + uint64_t(rd) * p.rd_stride : rd;
}

/* --- software sets things up -------------------------------------------------------------------- */

/* Header byte 1: [1:0] boot, [2] and [3] two-level tables, [5:4] page size, [6] mappings. */
uint64_t program::baser(unsigned n) const
{
    uint64_t two_level = (h_[1] >> (2 + n)) & 1;
    return 1ull << 63 | two_level << 62 | (n ? COLLECTIONS : DEVICES) |
           uint64_t((h_[1] >> 4) & 3u) << 8 | (h_[2] & 3u);
}

void program::bases()
{
    control(0x100, baser(0), 8);
    if (m_.profile.collection_table)
        control(0x108, baser(1), 8);
    m_.wait_quiet(2000);
    control(0x80, cbaser(), 8);
    control(0x88, 0, 8);
    m_.wait_quiet(2000);
    m_.s.queue_at = 0;
}

void program::lpis_on(unsigned rd)
{
    redistributor(rd, WAKER, 0, 4);
    redistributor(rd, 0x70, CONFIG | (m_.profile.intid_bits - 1), 8);
    redistributor(rd, 0x78, 1ull << 62 | (PENDING + rd * 0x10000ull), 8);
    redistributor(rd, 0, 1, 4);
    m_.wait_quiet(2000);
}

void program::queue(const its_cmd &c)
{
    uint64_t dw[4];
    its_cmd_pack(&c, dw);
    enqueue(dw);
}

/* Into the queue, whether there is room or not: overtaking CREADR is software's to do. */
void program::enqueue(const uint64_t dw[4])
{
    for (unsigned i = 0; i < 4; i++)
        m_.store(QUEUE + m_.s.queue_at + 8 * i, dw[i], 8);
    m_.s.queue_at = (m_.s.queue_at + 32) % queue_bytes();
}

/* Four devices of four events, each to its own LPI and collection. */
void program::map_some()
{
    its_cmd c{};

    for (uint8_t i = 0; i < 4; i++) {
        c = {};
        c.opcode = ITS_CMD_MAPC;
        c.icid = i;
        c.rdbase = rdbase(i);
        c.valid = true;
        queue(c);
    }
    for (uint8_t d = 0; d < 4; d++) {
        c = {};
        c.opcode = ITS_CMD_MAPD;
        c.device = d;
        c.size = 1;
        c.itt = ITTS + m_.s.itts++ * ITT_STEP;
        c.valid = true;
        queue(c);
        for (uint8_t e = 0; e < 4; e++) {
            c = {};
            c.opcode = ITS_CMD_MAPTI;
            c.device = d;
            c.event = e;
            c.intid = 8192u + d * 4u + e;
            c.icid = e;
            queue(c);
        }
    }
    publish();
}

void program::boot()
{
    unsigned how = h_[1] & 3u;

    m_.s.memory_bus.luck.s = m_.s.cpu.luck.s = 1u + h_[5];
    for (uint32_t i = 0; i < 128; i++)
        m_.s.memory.put(CONFIG + i, uint8_t(i % 5 ? 0xa1 - (i % 3) * 4 : 0xa0));
    for (unsigned i = 0; i < 2; i++) { /* level-2 pages of the first identifiers, if two-level */
        m_.s.memory.store(DEVICES + 8 * i, 1ull << 63 | (LEVEL2 + i * 0x10000), 8);
        m_.s.memory.store(COLLECTIONS + 8 * i, 1ull << 63 | (LEVEL2 + (2 + i) * 0x10000), 8);
    }
    if (!((h_[1] >> 2) & 1))
        m_.s.memory.fill(DEVICES, 16, 0);
    if (!((h_[1] >> 3) & 1))
        m_.s.memory.fill(COLLECTIONS, 16, 0);
    if (how == 3)
        return;
    if (how < 2) {
        gic500_set_face(m_.get(), ITS_FACE_FAST);
        m_.run(2);
    }
    m_.access(ITS_FRAME_GICD, 0, 0, true, m_.profile.security ? 0x37 : 0x13, 4, -1,
              ITS_AXI_PRIVILEGED);
    bases();
    for (unsigned rd = 0; rd < m_.profile.redistributors && rd < 4; rd++)
        lpis_on(rd);
    control(0, 1, 4);
    if (h_[1] & 0x40)
        map_some();
    m_.wait_quiet(2000);
    gic500_set_face(m_.get(), ITS_FACE_CLOCKED);
    if (how < 2)
        m_.rest(20000);
}

/* --- the run ------------------------------------------------------------------------------------ */

report program::go()
{
    report r;

    boot();
    op bus_mode{code::bus, {h_[4], h_[6], h_[5], 0, 0, 0, 0}};
    op_bus(bus_mode);
    for (size_t at = HEADER_BYTES; at + OP_BYTES <= bytes_ && m_.edges < EDGES; at += OP_BYTES) {
        step(op_at(data_ + at));
        r.ops++;
    }
    finale f{m_, baser(0), baser(1), cbaser()};
    f.run(r);
    r.edges = m_.edges;
    return r;
}

static std::string describe(const op &o)
{
    char text[100];
    std::snprintf(text, sizeof text, "%s %02x %02x %02x %02x %02x %02x %02x", op_name(o.what),
                  o.a[0], o.a[1], o.a[2], o.a[3], o.a[4], o.a[5], o.a[6]);
    return text;
}

void program::step(const op &o)
{
    if (w_ && w_->op)
        w_->op(describe(o));
    switch (o.what) {
    case code::run:
        return m_.run(o.a[0] + 1u);
    case code::run_long:
        return m_.run((o.a[0] % 16u + 1u) * 128u);
    case code::reg:
        return op_reg(o);
    case code::raw:
        return op_raw(o);
    case code::command:
        return op_command(o);
    case code::garble:
        garble_[o.a[0] % 4u] ^= uint64_t(o.u32(1)) << (o.a[5] % 33u);
        return;
    case code::publish:
        return op_publish(o);
    case code::msi:
        return op_msi(o);
    case code::poke:
        return op_poke(o);
    case code::config:
        return m_.store(CONFIG + (intid(o.a[0]) - 8192u) % 57344u, o.a[1], 1);
    case code::fault:
        return op_fault(o);
    case code::withhold:
        m_.s.memory_bus.hold_reads = uint16_t(o.u16(0));
        m_.s.memory_bus.hold_writes = uint16_t(o.u16(2));
        return;
    case code::release:
        return m_.release();
    case code::resetn:
        return m_.resetn(o.a[0] % 4u + 1u);
    case code::its:
        return op_its(o);
    case code::lpis:
        return op_lpis(o);
    case code::acknowledge:
        return m_.acknowledge(o.a[0] < 240 ? o.a[0] % m_.profile.redistributors : o.a[0]);
    case code::drop_clean:
        return m_.drop_clean();
    case code::face:
        return op_face(o);
    case code::twin:
        return op_twin(o);
    case code::skip:
        return op_skip(o);
    case code::ask:
        return op_ask(o);
    case code::bus:
        return op_bus(o);
    case code::settle:
        if (m_.rest(3000))
            m_.check_rest();
        return;
    case code::rewind_save:
        return op_rewind_save();
    case code::rewind_load:
        return op_rewind_load();
    case code::control:
        return op_control(o);
    case code::codes:
        break;
    }
}

report run(const uint8_t *data, size_t bytes, const watcher *w)
{
    return program(data, bytes, w).go();
}

} // namespace fuzz
