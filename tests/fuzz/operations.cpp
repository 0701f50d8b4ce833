/* SPDX-License-Identifier: MIT */
/* operations.cpp - what software and memory do. */
#include "operations.h"

#include "arch/regs.h"

namespace fuzz {

/* --- registers and the bus ---------------------------------------------------------------------- */

/* a[0] register, a[1] write, size, half, a[2] redistributor, a[3..6] value. */
void program::op_reg(const op &o)
{
    const its_reg_desc *d = its_reg_at(its_reg(o.a[0] % ITS_REGS));
    uint64_t raw = o.u32(3);
    uint64_t value = 0;

    switch ((o.a[1] >> 4) & 7u) {
    case 0:
        value = raw;
        break;
    case 1:
        value = raw << 32;
        break;
    case 2:
        value = raw << 12 | 1ull << 63;
        break;
    case 3:
        value = gic500_peek(m_.get(), its_frame(d->frame), o.a[2] % m_.profile.redistributors,
                            d->offset, d->bytes) ^
                1ull << (raw % 64u);
        break;
    case 4:
        value = ~uint64_t(0);
        break;
    default:
        value = raw & 0xff;
        break;
    }
    bool half = (o.a[1] & 2u) && d->bytes == 8;
    uint32_t offset = d->offset + (half && (o.a[1] & 4u) ? 4u : 0u);
    m_.registers(its_frame(d->frame), o.a[2], offset, o.a[1] & 1u, value, half ? 4 : d->bytes);
    if (o.a[1] & 8u)
        m_.wait_quiet(500);
}

/* a[0] write, burst type, beats' size, prot; a[1] frame; a[2..3] offset; a[4] beats; a[5] strobes;
 * a[6] data, and when its halves come. */
void program::op_raw(const op &o)
{
    static const uint32_t usual[] = {0x00, 0x04, 0x40, 0x44, 0x80, 0x88, 0x90, 0x100};
    its_frame frame = its_frame(o.a[1] % 6u);
    uint32_t offset = o.a[1] & 0x40 ? usual[o.a[2] % 8u] + o.a[3] % 8u : o.u16(2);
    burst b{};

    b.write = o.a[0] & 1u;
    b.a.burst = (o.a[0] >> 1) & 3u;
    b.a.size = (o.a[0] >> 3) & 3u;
    b.a.prot = uint8_t((o.a[0] >> 5) & 3u);
    b.a.addr = its_map_address(&m_.profile, frame, (o.a[1] >> 3) & 3u, offset);
    if (o.a[1] & 0x80)
        b.a.addr = its_map_window_base(&m_.profile, true) + offset;
    b.a.len = o.a[4] & 0x80 ? o.a[4] & 15u : o.a[4] & 1u;
    if (o.a[4] == 0x7f)
        b.a.len = 255;
    b.a.id = uint16_t(o.a[4] >> 4 & 3u);
    b.a.has_device = o.a[4] & 0x40;
    b.a.device = device(o.a[6]);
    b.strb = o.a[5];
    b.data = uint64_t(o.a[6]) * 0x0000000100000001u;
    b.data_step = o.a[6] & 4u ? 1 : 0;
    b.aw_late = o.a[6] & 1u ? o.a[6] % 16u : 0;
    b.w_late = o.a[6] & 2u ? o.a[6] % 16u : 0;
    if (!m_.fast()) {
        m_.offer(b);
        return;
    }
    m_.access(frame, (o.a[1] >> 3) & 3u, offset, b.write, b.data, 1u << b.a.size,
              b.a.has_device ? int64_t(b.a.device) : -1, b.a.prot);
}

/* a[0] what, a[1] device or bits, a[2] event or bits, a[3] one half only. */
void program::op_control(const op &o)
{
    static const uint8_t kinds[] = {ITS_OPR_TRACK,     ITS_OPR_TRIAL,  ITS_OPR_LOCK,
                                    ITS_OPR_LOCK,      ITS_OPR_UNLOCK, ITS_OPR_TRACK_ABORT,
                                    ITS_OPR_UNLOCK_ALL};
    static const uint16_t readable[] = {0x20, 0x28, 0x30, 0x40, 0x48, 0x4c, 0x34, 0xf000};
    unsigned what = o.a[0] % 16u;

    switch (what) {
    case 7:
        return control(0x20, uint64_t(o.a[1] & 7u) << 16 | (o.a[2] & 0xcu), 4);
    case 8:
        return control(0x20, o.a[2] & 0xcu, 4);
    case 9:
        return control(0x40, o.a[1] & 0x3fu, 4);
    case 10:
        return control(0, (m_.peek(ITS_FRAME_GITS, 0, 0, 4) & 1u) | uint64_t(o.a[1] & 1u) << 8, 4);
    case 11:
        return m_.access(ITS_FRAME_GITS, 0, readable[o.a[1] % 8u], false, 0, 4);
    case 12:
    case 13:
        return m_.judge_trial(device(o.a[1]), event(o.a[2]));
    default:
        break;
    }
    uint64_t opr = uint64_t(kinds[what % 7u]) << 60 | uint64_t(device(o.a[1]) & 0xfffffu) << 32 |
                   (event(o.a[2]) & 0xffffu);
    if (o.a[3] < 240)
        control(0x28, opr, 8);
    else
        control(0x2c, opr >> 32, 4);
}

/* --- commands and MSIs -------------------------------------------------------------------------- */

/* a[0] opcode, a[1] device, a[2] event, a[3] icid, a[4] intid or size, a[5] redistributor(s) or ITT,
 * a[6] valid, published, waited for. */
void program::op_command(const op &o)
{
    static const uint8_t opcodes[] = {ITS_CMD_MAPD,  ITS_CMD_MAPC,    ITS_CMD_MAPTI, ITS_CMD_MAPI,
                                      ITS_CMD_MOVI,  ITS_CMD_DISCARD, ITS_CMD_INT,   ITS_CMD_CLEAR,
                                      ITS_CMD_INV,   ITS_CMD_INVALL,  ITS_CMD_SYNC,  ITS_CMD_MOVALL,
                                      ITS_CMD_MAPTI, ITS_CMD_MOVI,    ITS_CMD_MAPTI, ITS_CMD_SYNC};
    its_cmd c{};

    c.opcode = o.a[0] < 240 ? opcodes[o.a[0] % 16u] : uint8_t(o.a[6] + o.a[0]);
    c.device = device(o.a[1]);
    c.event = event(o.a[2]);
    c.icid = uint16_t(icid(o.a[3]));
    c.intid = intid(o.a[4]);
    c.size = o.a[4] < 192   ? o.a[4] % 4u
             : o.a[4] < 240 ? uint8_t(m_.profile.eventid_bits - 1 + o.a[4] % 3u - 1u)
                            : o.a[4] % 32u;
    c.rdbase = rdbase(o.a[5]);
    c.rdbase2 = rdbase(uint8_t(o.a[5] >> 2));
    c.valid = o.a[6] & 1u || o.a[6] & 2u;
    if (c.opcode == ITS_CMD_MAPD) /* a new ITT, or one of the last: which is only good by luck */
        c.itt = o.a[5] < 192 ? ITTS + m_.s.itts++ * ITT_STEP
                             : ITTS + (m_.s.itts - 1 - o.a[5] % 4u) * ITT_STEP +
                                   (o.a[5] == 255 ? 0x100u : 0u);
    uint64_t dw[4];
    its_cmd_pack(&c, dw);
    for (unsigned i = 0; i < 4; i++) {
        dw[i] ^= garble_[i];
        garble_[i] = 0;
    }
    enqueue(dw);
    if (o.a[6] & 4u)
        publish();
    if (o.a[6] & 8u)
        m_.run(o.a[6] >> 3);
}

void program::op_publish(const op &o)
{
    if (o.a[0] < 200)
        publish();
    else if (o.a[0] < 230)
        control(0x88, (m_.s.queue_at & ~uint64_t(31)) | 1u, 8); /* Retry */
    else
        control(0x88, o.u32(1) & 0xfffff, o.a[0] & 1u ? 4 : 8);
}

/* a[0] device, a[1] event, a[2] how many, a[3] step, a[4] how. */
void program::op_msi(const op &o)
{
    unsigned count = o.a[2] % 8u + 1u;

    for (unsigned i = 0; i < count; i++) {
        uint32_t d = device(uint8_t(o.a[0] + i * (o.a[3] >> 4)));
        uint32_t e = event(uint8_t(o.a[1] + i * (o.a[3] & 15u)));
        if (o.a[4] < 200)
            m_.msi(d, e);
        else if (o.a[4] < 220)
            m_.access(ITS_FRAME_TRANSLATION, 0, 0x40, true, e, 2, d);
        else if (o.a[4] < 240)
            m_.access(ITS_FRAME_TRANSLATION, 0, 0x40, true, uint64_t(d) << 32 | e, 8, d);
        else
            m_.access(ITS_FRAME_TRANSLATION, 0, 0x40, true, e, 4);
    }
}

/* --- memory ------------------------------------------------------------------------------------- */

uint64_t program::place(const op &o) const
{
    const its_profile &p = m_.profile;

    switch (o.a[0] % 8u) {
    case 0:
        return DEVICES + uint64_t(o.a[1] % 4u) * p.dte_bytes;
    case 1:
        return DEVICES + 8u * (o.a[1] % 4u);
    case 2:
        return COLLECTIONS + uint64_t(o.a[1] % 4u) * p.cte_bytes;
    case 3:
        return ITTS + (o.a[1] % 4u) * uint64_t(ITT_STEP) + (o.a[2] % 4u) * p.ite_bytes;
    case 4:
        return PENDING + (o.a[1] % p.redistributors) * 0x10000ull + 1024u + o.a[2] % 4u * 8u;
    case 5:
        return QUEUE + o.a[1] % 8u * 32u + o.a[2] % 4u * 8u;
    case 6:
        return LEVEL2 + (o.a[1] % 4u) * 0x10000ull + o.a[2] % 4u * 8u;
    default:
        return 0x40000000u + (o.u32(1) & 0xffffff8u);
    }
}

/* a[0] where and what, a[1..4] place and value, a[5] value, a[6] bytes. */
void program::op_poke(const op &o)
{
    const its_profile &p = m_.profile;
    uint64_t at = place(o);
    its_entry e{};
    uint64_t value = 0;

    switch (o.a[0] >> 3 & 7u) {
    case 0:
        break;
    case 1:
        value = ~uint64_t(0);
        break;
    case 2:
        e.valid = true;
        e.address = ITTS + (o.a[3] % 8u) * uint64_t(ITT_STEP);
        e.size = o.a[5] % 32u;
        value = its_entry_pack(&p, ITS_ENTRY_DTE, &e);
        break;
    case 3:
        e.valid = true;
        e.intid = intid(o.a[3]);
        e.target = uint16_t(icid(o.a[5]));
        value = its_entry_pack(&p, ITS_ENTRY_ITE, &e);
        break;
    case 4:
        value = 1ull << 63 | (LEVEL2 + (o.a[3] % 4u) * 0x10000ull);
        break;
    case 5:
        value = 1u | (o.a[3] % 8u) << 1;
        break;
    default:
        value = uint64_t(o.u32(2)) << (o.a[6] % 33u);
        break;
    }
    m_.poke(at, value, o.a[6] & 0x80 ? 4 : 8);
}

/* a[0] what is hit, a[1] reads or writes, a[2..3] size. */
void program::op_fault(const op &o)
{
    fault_window &f = m_.s.memory_bus.window[o.a[1] & 3u];

    f.base = place(o);
    f.bytes = o.a[1] & 0x40 ? 1u << (o.a[2] % 24u) : 8u;
    f.reads = o.a[1] & 4u;
    f.writes = o.a[1] & 8u;
}

void program::op_bus(const op &o)
{
    bus &b = m_.s.memory_bus;

    b.latency = o.a[0] < 200 ? o.a[0] % 8u : o.a[0] < 248 ? o.a[0] % 64u : 200;
    b.interleave = o.a[1] & 1u;
    b.shuffle = o.a[1] & 2u;
    b.late_land = o.a[1] & 4u;
    b.early_read = o.a[1] & 8u;
    b.fault_lands = o.a[1] & 16u;
    b.jitter = o.a[1] & 32u ? o.a[2] % 32u : 0;
    b.ready_mask = o.a[1] & 64u ? o.a[2] & 3u : 0;
    m_.s.cpu.ready_mask = o.a[1] & 128u ? o.a[2] >> 4 & 3u : 0;
}

/* --- on and off --------------------------------------------------------------------------------- */

/* a[0] what, a[1] how long to wait, a[2..3] how a base changes. */
void program::op_its(const op &o)
{
    switch (o.a[0] % 8u) {
    case 0:
        control(0, 1, 4);
        break;
    case 1:
    case 2:
        control(0, 0, 4);
        break;
    case 3: /* a whole disable and enable */
        control(0, 0, 4);
        for (unsigned i = 0; i < 3000 && !(m_.s.state == ITS_OFF && m_.s.cpu.quiet()); i++)
            m_.edge();
        control(0, 1, 4);
        break;
    case 4:
        bases();
        break;
    case 5:
        control(0x80, cbaser(), 8);
        m_.s.queue_at = 0;
        break;
    default:
        op_base(o);
        break;
    }
    m_.run(o.a[1] % 64u);
}

void program::op_base(const op &o)
{
    unsigned n = o.a[2] & 1u;
    uint64_t v = baser(n);

    switch (o.a[3] % 8u) {
    case 0:
        v &= ~(1ull << 63);
        break;
    case 1:
        v ^= 1ull << 62;
        break;
    case 2:
        v += 0x10000ull * (o.a[4] % 4u);
        break;
    case 3:
        v ^= uint64_t(o.a[4]) << 8;
        break;
    case 4:
        v ^= o.a[4] & 7u;
        break;
    default:
        break;
    }
    control(0x100 + 8 * n, v, 8);
}

/* a[0] redistributor, a[1] what. */
void program::op_lpis(const op &o)
{
    unsigned rd = o.a[0] % m_.profile.redistributors;

    switch (o.a[1] % 12u) {
    case 0:
        lpis_on(rd);
        break;
    case 1:
        redistributor(rd, 0, 1, 4);
        break;
    case 2:
        redistributor(rd, 0, 0, 4);
        break;
    case 3:
        redistributor(rd, WAKER, 2, 4);
        break;
    case 4:
        redistributor(rd, WAKER, 0, 4);
        break;
    case 5: /* all asleep, then Sleep */
        for (unsigned i = 0; i < m_.profile.redistributors; i++) {
            redistributor(i, WAKER, 2, 4);
            m_.wait_quiet(200);
        }
        m_.run(4);
        redistributor(rd, WAKER, 3, 4);
        break;
    case 6:
        redistributor(rd, WAKER, 2, 4);
        m_.run(8);
        redistributor(rd, WAKER, 0, 4);
        break;
    case 7:
        redistributor(rd, 0x70, CONFIG | (o.a[2] % 32u), 8);
        break;
    case 8:
        redistributor(rd, 0x78, uint64_t(o.a[2] & 1u) << 62 | (PENDING + rd * 0x10000ull), 8);
        break;
    case 9:
        redistributor(rd, 0xa0, intid(o.a[2]), 8);
        break;
    case 10:
        redistributor(rd, 0xb0, 0, 8);
        break;
    default:
        m_.access(ITS_FRAME_GICD, 0, 0, true, o.a[2], 4, -1,
                  o.a[3] & 1u ? ITS_AXI_PRIVILEGED : ITS_AXI_NONSECURE | ITS_AXI_PRIVILEGED);
        break;
    }
}

} // namespace fuzz
