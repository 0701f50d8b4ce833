/* SPDX-License-Identifier: MIT */
#include "finale.h"

#include <cstdlib>

namespace fuzz {

static constexpr uint32_t DEVICES_ASKED = 5, EVENTS_ASKED = 5;
static constexpr uint64_t FRESH_QUEUE = 0xa5a50000; /* where nobody has a table */

/* --- pins --------------------------------------------------------------------------------------- */

static bool same(const its_axi_address &a, const its_axi_address &b)
{
    return a.addr == b.addr && a.id == b.id && a.len == b.len && a.size == b.size &&
           a.burst == b.burst && a.prot == b.prot && a.cache == b.cache;
}

bool same_pins(const gic500_pins &a, const gic500_pins &b)
{
    const its_axi &m = a.m_axi, &n = b.m_axi, &s = a.s_axi, &t = b.s_axi;

    if (m.aw.valid != n.aw.valid || m.w.valid != n.w.valid || m.ar.valid != n.ar.valid ||
        m.b.ready != n.b.ready || m.r.ready != n.r.ready)
        return false;
    if ((m.aw.valid && !same(m.aw.d, n.aw.d)) || (m.ar.valid && !same(m.ar.d, n.ar.d)) ||
        (m.w.valid && (m.w.d.data != n.w.d.data || m.w.d.strb != n.w.d.strb)))
        return false;
    if (s.aw.ready != t.aw.ready || s.w.ready != t.w.ready || s.ar.ready != t.ar.ready ||
        s.b.valid != t.b.valid || s.r.valid != t.r.valid)
        return false;
    if ((s.b.valid && (s.b.d.id != t.b.d.id || s.b.d.resp != t.b.d.resp)) ||
        (s.r.valid && (s.r.d.id != t.r.d.id || s.r.d.data != t.r.d.data ||
                       s.r.d.resp != t.r.d.resp || s.r.d.last != t.r.d.last)))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (a.lpi[i] != b.lpi[i] || a.wake_request[i] != b.wake_request[i])
            return false;
    return a.syserr == b.syserr && a.umsi_irq == b.umsi_irq;
}

/* --- the end ------------------------------------------------------------------------------------ */

void finale::run(report &r)
{
    constexpr uint64_t LONG = 300000; /* edges; a queue of garbage takes longer, and is let off */

    m_.release();
    m_.s.pins.resetn = true;
    if (gic500_set_face(m_.get(), ITS_FACE_CLOCKED) != ITS_OK)
        throw violation("gic500_set_face refuses a face");
    r.settled = m_.rest(LONG);
    if (!r.settled)
        return;
    if (m_.fast())
        throw violation("at rest, but still in the fast face");
    m_.check_rest();
    r.compared = m_.s.shall.good;
    if (!quiesce())
        throw violation("disabled, everything answers, and never Quiescent");
    for (uint32_t e = 0; e < 4; e++)
        m_.msi(e, e); /* lost: and the checker sees that the ITS is silent */
    m_.run(60);
    m_.rest(LONG);
    m_.check_rest();
    if (!enable())
        return;
    r.probed = true;
    probe();
    probe_fresh();
}

bool finale::quiesce()
{
    m_.registers(ITS_FRAME_GITS, 0, 0, true, 0, 4);
    for (unsigned i = 0; i < 100000; i++) {
        m_.edge();
        if (m_.s.cpu.quiet() && m_.s.state == ITS_OFF)
            break;
    }
    return m_.s.state == ITS_OFF && (m_.peek(ITS_FRAME_GITS, 0, 0, 4) >> 31) & 1;
}

/* With the bases it has, or the usual ones where they are not valid; with an empty queue. */
bool finale::enable()
{
    const uint64_t usual[2] = {baser0_, baser1_};

    for (unsigned n = 0; n < 2; n++)
        if (!(m_.peek(ITS_FRAME_GITS, 0, 0x100 + 8 * n) >> 63))
            m_.registers(ITS_FRAME_GITS, 0, 0x100 + 8 * n, true, usual[n], 8);
    m_.wait_quiet(1000);
    m_.registers(ITS_FRAME_GITS, 0, 0x80, true, cbaser_, 8);
    m_.wait_quiet(1000);
    m_.registers(ITS_FRAME_GITS, 0, 0x88, true, 0, 8);
    m_.wait_quiet(1000);
    m_.registers(ITS_FRAME_GITS, 0, 0, true, 1, 4);
    m_.wait_quiet(1000);
    m_.run(4);
    return m_.s.state == ITS_ON;
}

void finale::expect(uint32_t device, uint32_t event, const outcome &is, const char *who)
{
    its_verdict v = m_.s.shall.msi(device, event);
    bool sent = is.state == SENT || is.state == ARRIVED;

    /* Names of one event may be served together. */
    if (is.state == MERGED && its_msi_event(&m_.profile, event) != event)
        return;
    if (v.kind == ITS_VERDICT_DO ? sent && is.intid == v.intid && is.rd == v.rd
                                 : is.state == DROPPED && is.drop == v.drop)
        return;
    fail("%s: MSI of device %x, event %x: state %u INTID %u to %u drop %s, memory says verdict %u "
         "INTID %u to %u drop %s",
         who, device, event, is.state, is.intid, is.rd, its_drop_name(its_drop(is.drop)), v.kind,
         v.intid, v.rd, its_drop_name(its_drop(v.drop)));
}

void finale::probe()
{
    if (m_.peek(ITS_FRAME_GICR, 0, WAKER, 4) & 1u)
        return; /* GICR_WAKER.Sleep: MSIs are dropped before they are accepted */
    for (uint32_t d = 0; d < DEVICES_ASKED; d++) {
        uint32_t first = m_.s.msis.count();
        for (uint32_t e = 0; e < EVENTS_ASKED; e++)
            m_.msi(d, e);
        if (!m_.rest(20000))
            throw violation("MSIs do not come to rest after the ITS was enabled again");
        m_.check_rest();
        for (uint32_t e = 0; e < EVENTS_ASKED; e++) {
            const outcome *o = m_.s.msis.find(first + e + 1);
            if (o && o->device == d && o->event == e)
                expect(d, e, *o, "enabled again");
            else
                fail("MSI of device %x, event %x was not accepted", d, e);
        }
        for (uint32_t e = 0; e < EVENTS_ASKED; e++)
            m_.judge_trial(d, e);
    }
}

/* A new instance with the old one's registers, in the fast face. It shares only memory. */
void finale::probe_fresh()
{
    machine fresh(m_.profile);
    fresh.listener = m_.listener;
    gic500 *g = fresh.get();

    fresh.s.memory = m_.s.memory;
    gic500_set_face(g, ITS_FACE_FAST);
    fresh.run(2);
    for (unsigned n = 0; n < 2; n++)
        fresh.registers(ITS_FRAME_GITS, 0, 0x100 + 8 * n, true,
                        m_.peek(ITS_FRAME_GITS, 0, 0x100 + 8 * n), 8);
    fresh.registers(ITS_FRAME_GITS, 0, 0x80, true, 1ull << 63 | FRESH_QUEUE, 8);
    fresh.registers(ITS_FRAME_GITS, 0, 0x88, true, 0, 8);
    fresh.registers(ITS_FRAME_GITS, 0, 0, true, 1, 4);
    if (fresh.s.state != ITS_ON)
        throw violation("a fresh instance with the same bases cannot be enabled");
    /* Hardware collections are not in memory: software maps them again. */
    uint32_t at = 0;
    for (uint32_t icid = 0; icid < m_.profile.hcc && icid < 100; icid++) {
        const its_entry &e = m_.s.shall.hardware(icid);
        its_cmd c{};
        uint64_t dw[4];
        if (!e.valid)
            continue;
        c.opcode = ITS_CMD_MAPC;
        c.icid = uint16_t(icid);
        c.rdbase = m_.profile.pta
                       ? uint64_t(m_.profile.rd_base) + uint64_t(e.target) * m_.profile.rd_stride
                       : e.target;
        c.valid = true;
        its_cmd_pack(&c, dw);
        for (unsigned i = 0; i < 4; i++)
            fresh.s.memory.store(FRESH_QUEUE + at + 8 * i, dw[i], 8);
        at += 32;
    }
    fresh.registers(ITS_FRAME_GITS, 0, 0x88, true, at, 8);
    for (uint32_t d = 0; d < DEVICES_ASKED; d++)
        for (uint32_t e = 0; e < EVENTS_ASKED; e++) {
            fresh.msi(d, e);
            const outcome *o = fresh.s.msis.find(fresh.s.msis.count());
            if (o && o->device == d && o->event == e)
                expect(d, e, *o, "fresh instance");
            else
                fail("MSI of device %x, event %x was not accepted by a fresh instance", d, e);
        }
}

} // namespace fuzz
