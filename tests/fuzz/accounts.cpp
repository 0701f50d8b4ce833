/* SPDX-License-Identifier: MIT */
#include "accounts.h"

#include "arch/bits.h"
#include "arch/decide.h"
#include "arch/regs.h"
#include "input.h"

namespace fuzz {

/* --- MSIs --------------------------------------------------------------------------------------- */

static bool by_msi(const its_event &e)
{
    return e.ref != ITS_REF_NONE && !(e.ref & ITS_REF_CMD);
}

outcome &msi_accounts::of(const its_event &e, uint8_t expected)
{
    if (e.ref > msi_.size())
        fail("an event names MSI %u, %zu were accepted", e.ref, msi_.size());
    outcome &o = msi_[e.ref - 1];
    if (o.state != expected)
        fail("MSI %u (device %x, event %x) has two ends: %u, then event kind %u", e.ref, o.device,
             o.event, o.state, e.kind);
    return o;
}

void msi_accounts::event(const its_event &e)
{
    switch (e.kind) {
    case ITS_EV_MSI_ACCEPT:
        if (e.ref != msi_.size() + 1)
            fail("MSI number %u after %zu", e.ref, msi_.size());
        msi_.push_back({uint32_t(e.a), uint32_t(e.b), 0, 0, 0, WAITING});
        break;
    case ITS_EV_MSI_SEND: {
        outcome &o = of(e, WAITING);
        o.state = SENT;
        o.intid = uint32_t(e.a);
        o.rd = e.c;
        break;
    }
    case ITS_EV_MSI_MERGE:
        of(e, WAITING).state = MERGED;
        break;
    case ITS_EV_MSI_DROP:
        if (e.ref != ITS_REF_NONE) {
            outcome &o = of(e, WAITING);
            o.state = DROPPED;
            o.drop = uint8_t(e.c);
        }
        break;
    case ITS_EV_LPI_SET:
    case ITS_EV_LPI_DROP:
        if (by_msi(e)) {
            outcome &o = of(e, SENT);
            o.state = ARRIVED;
            if (o.intid != e.a || o.rd != e.c)
                fail("MSI %u was sent as INTID %u to %u and arrived as INTID %u at %u", e.ref,
                     o.intid, o.rd, unsigned(e.a), e.c);
        }
        break;
    default:
        break;
    }
}

void msi_accounts::settled() const
{
    for (size_t i = 0; i < msi_.size(); i++)
        if (msi_[i].state == WAITING || msi_[i].state == SENT)
            fail("MSI %zu (device %x, event %x) was accepted and is lost (state %u)", i + 1,
                 msi_[i].device, msi_[i].event, msi_[i].state);
}

/* --- LPIs --------------------------------------------------------------------------------------- */

void lpi_accounts::reset()
{
    for (auto &r : rd_)
        r = {};
    late_ = true;
}

void lpi_accounts::edge(gic500 *g)
{
    late_ = late_ && gic500_look(g).writes_owed;
}

void lpi_accounts::compare(unsigned rd, gic500 *g, const its_memory &memory, const char *when) const
{
    for (unsigned i = 0; i < INTIDS; i++) {
        bool is = gic500_pending(g, rd, FIRST + i, &memory);
        bool shall = (rd_[rd].pending >> i) & 1;
        if (is != shall)
            fail("%s: LPI %u of redistributor %u: pending %d, by its events %d", when, FIRST + i,
                 rd, is, shall);
    }
}

/* Of a table in use. It may end before its first LPI. */
uint64_t lpi_accounts::table_bits(unsigned rd, const its_memory &memory) const
{
    uint64_t at = rd_[rd].table + FIRST / 8;
    uint8_t bytes[INTIDS / 8];

    if (at >= rd_[rd].end)
        return 0;
    memory.read(memory.host, at, bytes, sizeof bytes, ITS_ID_RD);
    return its_load_le(bytes, sizeof bytes);
}

/* The table it was loaded from holds what is pending; gic500_pending() may already be asked of
 * another, since software can write PENDBASER at the very edge at which a disable ends. A disable that
 * throws pending LPIs away leaves none of them; but a Sleep that began before it leaves them all. */
void lpi_accounts::flushed(unsigned rd, gic500 *g, const its_memory &memory) const
{
    uint64_t is = table_bits(rd, memory);
    bool dropped = !is && gic500_profile(g)->lpi_disable == 2;

    if (is != rd_[rd].pending && !dropped)
        fail("after a flush: table of redistributor %u: %016llx, by its events %016llx", rd,
             (unsigned long long)is, (unsigned long long)rd_[rd].pending);
}

/* The pending table is loaded: what it held is pending now, unless PTZ said that it held nothing. A
 * table that is not zero then is software's mistake, and what a flush leaves in it is anyone's guess.
 * So is one that a write of before resetn may still change. */
void lpi_accounts::enabled(unsigned rd, gic500 *g, const its_memory &memory)
{
    redistributor &r = rd_[rd];
    uint64_t pendbaser = gic500_peek(g, ITS_FRAME_GICR, rd, 0x78, 8);
    uint64_t propbaser = gic500_peek(g, ITS_FRAME_GICR, rd, 0x70, 8);
    unsigned bits = unsigned(ITS_GET(propbaser, PROPBASER_IDBITS)) + 1;

    if (r.known)
        compare(rd, g, memory, "awake again");
    r.table = ITS_GET(pendbaser, PENDBASER_PA) << 16;
    r.end = r.table + ((uint64_t(1) << (bits > 16 ? 16 : bits)) / 8);
    r.known = true;
    r.pending = 0;
    for (unsigned i = 0; i < INTIDS; i++)
        r.pending |= uint64_t(gic500_pending(g, rd, FIRST + i, &memory)) << i;
    if (late_ || (!r.pending && table_bits(rd, memory)))
        r.known = false;
    for (unsigned k = 0; k < rds_; k++)
        if (k != rd && rd_[k].end && rd_[k].table < r.end && r.table < rd_[k].end)
            r.known = rd_[k].known = false;
}

bool lpi_accounts::in_use(uint64_t address) const
{
    for (unsigned rd = 0; rd < rds_; rd++)
        if (rd_[rd].table <= address && address < rd_[rd].end)
            return true;
    return false;
}

void lpi_accounts::written(uint64_t address, unsigned bytes)
{
    for (unsigned rd = 0; rd < rds_; rd++)
        if (address < rd_[rd].end && rd_[rd].table < address + bytes)
            rd_[rd].known = false;
}

void lpi_accounts::event(const its_event &e, gic500 *g, const its_memory &memory)
{
    switch (e.kind) {
    case ITS_EV_LPI_SET:
    case ITS_EV_LPI_CLEAR:
        if (tracked(e)) {
            uint64_t &pending = rd_[e.c].pending;
            if (e.b != ((pending & bit(e.a)) != 0))
                fail("redistributor %u says LPI %u was pending %d, by its events %d", e.c,
                     unsigned(e.a), int(e.b), !e.b);
            pending = e.kind == ITS_EV_LPI_SET ? pending | bit(e.a) : pending & ~bit(e.a);
        }
        break;
    case ITS_EV_LPI_ACK:
        if (tracked(e)) {
            if (!(rd_[e.c].pending & bit(e.a)))
                fail("redistributor %u: LPI %u acknowledged but not pending", e.c, unsigned(e.a));
            rd_[e.c].pending &= ~bit(e.a);
        }
        break;
    case ITS_EV_LPI_FLUSH:
        if (e.c < rds_ && rd_[e.c].known)
            flushed(e.c, g, memory);
        break;
    case ITS_EV_LPI_ENABLE:
        if (e.c < rds_ && e.a)
            enabled(e.c, g, memory);
        else if (e.c < rds_)
            rd_[e.c] = {};
        break;
    default:
        break;
    }
}

void lpi_accounts::settled(gic500 *g, const its_memory &memory) const
{
    for (unsigned rd = 0; rd < rds_; rd++)
        if (rd_[rd].known)
            compare(rd, g, memory, "at rest");
}

} // namespace fuzz
