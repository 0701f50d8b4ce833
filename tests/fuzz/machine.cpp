/* SPDX-License-Identifier: MIT */
/* machine.cpp - the model, its surroundings and its time; what is judged stands in judge.cpp. */
#include "machine.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "input.h"

namespace fuzz {

void fail(const char *format, ...)
{
    char text[500];
    va_list args;

    va_start(args, format);
    std::vsnprintf(text, sizeof text, format, args);
    va_end(args);
    throw violation(text);
}

/* --- creation ----------------------------------------------------------------------------------- */

/* Exactly as many bytes as it asks for: a sanitizer sees what is beyond. */
static machine::twin create(const its_profile &profile)
{
    its_status status;
    size_t bytes = gic500_size(&profile);
    machine::twin t;

    t.storage.reset(std::malloc(bytes), std::free);
    t.g = gic500_create(t.storage.get(), bytes, &profile, &status);
    if (!t.g)
        fail("gic500_create: %s", its_strerror(status));
    return t;
}

/* The instance it belongs to may be moved on by the fast face: events are judged after each call. */
struct fast_host {
    static void sink(void *host, const its_event *e)
    {
        auto *m = static_cast<machine *>(host);
        if (e->kind == ITS_EV_STATE)
            m->live_state_ = uint8_t(e->c);
        if (e->kind == ITS_EV_CMD_START)
            m->packets_.insert(m->packets_.end(), m->s.memory_bus.packet,
                               m->s.memory_bus.packet + 4);
        m->events_.push_back(*e);
    }
    static bool read(void *host, uint64_t a, void *data, unsigned bytes, unsigned id)
    {
        auto *m = static_cast<machine *>(host);
        auto *to = static_cast<uint8_t *>(data);
        m->fast_touch(id, m->s.memory_bus.faulty(a, bytes, false), false);
        for (unsigned i = 0; i < bytes; i++)
            to[i] = m->s.memory.get(a + i);
        if (id == ITS_ID_QUEUE)
            for (unsigned i = 0; i < bytes / 8; i++)
                m->s.memory_bus.packet[i % 8] = m->s.memory.load(a + 8 * i, 8);
        return !m->s.memory_bus.faulty(a, bytes, false);
    }
    static bool write(void *host, uint64_t a, const void *data, unsigned bytes, unsigned id)
    {
        auto *m = static_cast<machine *>(host);
        auto *from = static_cast<const uint8_t *>(data);
        bool bad = m->s.memory_bus.faulty(a, bytes, true);
        m->fast_touch(id, bad, true);
        for (unsigned i = 0; i < bytes && !bad; i++)
            m->s.memory.put(a + i, from[i]);
        return !bad;
    }
    static bool plain_read(void *host, uint64_t a, void *data, unsigned bytes, unsigned)
    {
        auto *to = static_cast<uint8_t *>(data);
        for (unsigned i = 0; i < bytes; i++)
            to[i] = static_cast<ram *>(host)->get(a + i);
        return true;
    }
    static bool plain_write(void *, uint64_t, const void *, unsigned, unsigned)
    {
        throw violation("a question wrote memory");
    }
};

void machine::fast_touch(unsigned id, bool bad, bool write)
{
    if (id < ITS_ID_RD && live_state_ == ITS_OFF)
        off_access_ = true;
    if (bad && id >= ITS_ID_RD)
        s.memory_bus.rd_error = true;
    else if (bad && write)
        s.memory_bus.its_write_error = true;
}

its_memory machine::fast_memory()
{
    return {fast_host::read, fast_host::write, this};
}

its_memory machine::plain_memory()
{
    return {fast_host::plain_read, fast_host::plain_write, &s.memory};
}

machine::machine(const its_profile &p) : profile(p), self_(create(p)), g_(self_.g)
{
    gic500_listen(g_, fast_host::sink, this);
    s.pins.resetn = true;
    s.cpu.bus_bytes = p.bus_bytes;
    s.shall.create(p);
    s.lpis.create(p.redistributors);
    its_rules_reset(&s.rules, p.bus_bytes);
}

/* --- time --------------------------------------------------------------------------------------- */

void machine::edge(bool mute)
{
    gic500_drive(g_, &s.pins);
    if (s.pins.syserr != s.syserr)
        fail("syserr is %d, by the events %d", s.pins.syserr, s.syserr);
    s.syserr = false;
    s.memory_bus.drive(s.pins.m_axi, s.memory, edges, mute);
    s.cpu.drive(s.pins.s_axi, mute || !s.pins.resetn);
    its_rules_edge(&s.rules, edges, &s.pins.s_axi, &s.pins.m_axi, s.pins.resetn);
    gic500_clock(g_, &s.pins);
    s.memory_bus.clock(s.pins.m_axi, s.memory, edges);
    if (s.pins.resetn)
        s.cpu.clock(s.pins.s_axi);
    edges++;
    collect();
}

void machine::run(uint64_t n)
{
    while (n--)
        edge();
}

void machine::resetn(unsigned n)
{
    s.pins.resetn = false;
    s.cpu.forget();
    run(n);
    s.pins.resetn = true;
    s.queue_at = 0;
}

void machine::wait_quiet(uint64_t n)
{
    while (n-- && !s.cpu.quiet() && !fast())
        edge();
}

void machine::release()
{
    bus &b = s.memory_bus;
    b.hold_reads = b.hold_writes = 0;
    b.latency = 0;
    b.jitter = b.ready_mask = s.cpu.ready_mask = 0;
    for (fault_window &f : b.window)
        f = {};
}

/* Nothing comes from outside: time may jump. Throws when it would be for ever. */
bool machine::skip_idle()
{
    gic500_drive(g_, &s.pins);
    uint64_t wake = gic500_wake(g_);
    if (wake == UINT64_MAX && s.pins.resetn)
        throw violation("asleep with work left and nothing to wait for");
    if (wake > 1 && gic500_skip(g_, wake < 100000 ? wake : 100000) != ITS_OK)
        throw violation("gic500_skip refuses what gic500_wake allows");
    return wake > 1;
}

bool machine::rest(uint64_t n)
{
    constexpr uint64_t HANG = 100000;
    uint64_t moved = edges, seen = forward;

    for (uint64_t i = 0; i < n; i++) {
        edge();
        if (forward != seen) {
            seen = forward;
            moved = edges;
        }
        bool quiet = s.memory_bus.quiet() && s.cpu.quiet();
        if (quiet && (i % 8 == 7 || i < 8)) {
            if (gic500_look(g_).idle)
                return true;
            skip_idle();
        }
        if (edges - moved > HANG && !s.memory_bus.hold_reads && !s.memory_bus.hold_writes)
            throw violation("does not come to rest although everything answers");
    }
    return false;
}

/* --- registers, MSIs and the CPU ---------------------------------------------------------------- */

its_access machine::access_of(its_frame frame, unsigned rd, uint32_t offset, bool write,
                              uint64_t value, unsigned bytes, int64_t device, uint8_t prot) const
{
    its_access a{};
    a.frame = uint8_t(frame);
    a.rd = uint16_t(rd % profile.redistributors);
    a.offset = offset;
    a.write = write;
    a.data = bytes < 8 ? value & ((uint64_t(1) << (8 * bytes)) - 1) : value;
    a.bytes = uint8_t(bytes);
    a.has_device = device >= 0;
    a.device = uint32_t(device);
    a.nonsecure = prot & ITS_AXI_NONSECURE;
    a.privileged = prot & ITS_AXI_PRIVILEGED;
    return a;
}

burst machine::burst_of(const its_access &a) const
{
    burst b{};
    uint64_t address = its_map_address(&profile, its_frame(a.frame), a.rd, a.offset);
    unsigned lane = unsigned(address & (profile.bus_bytes - 1));

    b.a.addr = address;
    b.a.size = uint8_t(a.bytes == 8 ? 3 : a.bytes == 4 ? 2 : a.bytes == 2 ? 1 : 0);
    b.a.burst = ITS_AXI_INCR;
    b.a.prot =
        uint8_t((a.nonsecure ? ITS_AXI_NONSECURE : 0) | (a.privileged ? ITS_AXI_PRIVILEGED : 0));
    b.a.has_device = a.has_device;
    b.a.device = a.device;
    b.data = a.data << (8 * lane);
    b.strb = uint8_t(((1u << a.bytes) - 1u) << lane);
    b.write = a.write;
    return b;
}

void machine::fast_access(const its_access &a)
{
    its_memory m = fast_memory();

    gic500_fast_time(g_, 0); /* a drain that is over: before the reference is told of an enable */
    collect();
    if (a.frame == ITS_FRAME_GITS && a.offset < 4 && a.write && s.state == ITS_OFF) {
        begin_reference();
        s.prepared = true;
    }
    gic500_fast_access(g_, &a, &m, s.memory_bus.latency, nullptr);
    collect();
    s.prepared = false;
}

void machine::access(its_frame frame, unsigned rd, uint32_t offset, bool write, uint64_t value,
                     unsigned bytes, int64_t device, uint8_t prot)
{
    its_access a = access_of(frame, rd, offset, write, value, bytes, device, prot);

    if (fast())
        fast_access(a);
    else
        offer(burst_of(a));
}

/* Waits a while for room in software's line; a bus that stands still loses the access. */
void machine::offer(const burst &b)
{
    for (unsigned i = 0; i < 200 && !s.cpu.room() && !fast(); i++)
        edge();
    s.cpu.push(b);
}

void machine::registers(its_frame frame, unsigned rd, uint32_t offset, bool write, uint64_t value,
                        unsigned bytes)
{
    if (bytes == 8 && profile.bus_bytes == 4) {
        access(frame, rd, offset, write, value & 0xffffffffu, 4);
        access(frame, rd, offset + 4, write, value >> 32, 4);
    } else {
        access(frame, rd, offset, write, value, bytes);
    }
}

void machine::msi(uint32_t device, uint32_t event)
{
    if (!fast()) {
        access(ITS_FRAME_TRANSLATION, 0, 0x40, true, event, 4, device);
        return;
    }
    its_memory m = fast_memory();
    gic500_fast_msi(g_, device, event, &m);
    collect();
}

void machine::acknowledge(unsigned rd)
{
    its_memory m = fast_memory();
    uint32_t intid = fast() ? gic500_fast_acknowledge(g_, rd, &m) : gic500_acknowledge(g_, rd);

    if (intid != GIC500_SPURIOUS && intid < 8192)
        fail("INTID %u acknowledged, which is no LPI", intid);
    collect();
}

void machine::drop_clean()
{
    gic500_drop_clean_lines(g_);
    collect();
}

void machine::store(uint64_t address, uint64_t value, unsigned bytes)
{
    s.memory.store(address, value, bytes);
    s.lpis.written(address, bytes);
    if (s.state == ITS_OFF)
        return;
    s.shall.memory.store(address, value, bytes);
    s.shall.other_write(address, bytes);
}

/* --- copies ------------------------------------------------------------------------------------- */

void machine::save(std::vector<uint8_t> &bytes) const
{
    bytes.resize(gic500_size(&profile));
    gic500_save(g_, bytes.data());
}

void machine::load(const std::vector<uint8_t> &bytes)
{
    if (gic500_load(g_, bytes.data(), bytes.size()) != ITS_OK)
        throw violation("gic500_load refuses what gic500_save gave");
    was_fast_ = fast();
    live_state_ = s.state;
}

machine::twin machine::copy() const
{
    twin t = create(profile);
    std::vector<uint8_t> bytes;

    save(bytes);
    if (gic500_load(t.g, bytes.data(), bytes.size()) != ITS_OK)
        throw violation("gic500_load refuses what gic500_save gave");
    return t;
}

} // namespace fuzz
