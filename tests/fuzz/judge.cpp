/* SPDX-License-Identifier: MIT */
/* judge.cpp - what the events and the wires of a machine must have in common. */
#include "arch/regs.h"
#include "input.h"
#include "machine.h"

namespace fuzz {

/* --- the rule checker --------------------------------------------------------------------------- */

/* Bursts are software's; it may break the rules there, and falls silent when resetn does. */
static bool by_software(const its_violation &v, bool resetn)
{
    bool channel =
        v.place == ITS_AT_S_AXI || v.place == ITS_AT_S_AXI + 1 || v.place == ITS_AT_S_AXI + 3;
    bool shape = v.rule == ITS_RULE_burst_type || v.rule == ITS_RULE_burst_size ||
                 v.rule == ITS_RULE_burst_4k || v.rule == ITS_RULE_strobes;
    bool silence = v.rule == ITS_RULE_valid_dropped && !resetn;
    return channel && (shape || silence);
}

void machine::judge_rules()
{
    its_rules_log &log = s.rules.log;

    for (unsigned i = 0; i < log.count && i < ITS_VIOLATIONS_KEPT; i++) {
        char text[ITS_VIOLATION_BYTES];
        if (by_software(log.first[i], s.pins.resetn))
            continue;
        its_rules_text(&log.first[i], text, sizeof text);
        throw violation(text);
    }
    log.count = 0;
}

void machine::judge_bus()
{
    bus &b = s.memory_bus;

    if (b.rd_error)
        s.lpis.unknown();
    b.rd_error = false;
    if (b.its_write_error)
        s.shall.good = false;
    b.its_write_error = false;
    if (off_access_)
        throw violation("fast face: access by the ITS while it is OFF");
}

/* --- events ------------------------------------------------------------------------------------- */

static bool moves_on(const its_event &e)
{
    switch (e.kind) {
    case ITS_EV_HIT:
    case ITS_EV_MISS:
    case ITS_EV_KILL:
    case ITS_EV_INSTALL:
    case ITS_EV_EVICT:
    case ITS_EV_MEM_READ:
    case ITS_EV_CMD_FETCH:
    case ITS_EV_LPI_SPILL:
    case ITS_EV_LPI_REFILL:
    case ITS_EV_LPI_CONFIG:
    case ITS_EV_MSI_START:
    case ITS_EV_MSI_BACK:
        return false;
    case ITS_EV_MEM_WRITE:
        return e.c < ITS_ENTRY_KINDS;
    default:
        return true;
    }
}

void machine::collect()
{
    bool now_fast = fast();
    bool rd_error = s.memory_bus.rd_error;

    /* The checker of the order follows the clocked faces only. */
    if (was_fast_ && !now_fast) {
        its_rules_order fresh{};
        fresh.creadr = uint32_t(peek(ITS_FRAME_GITS, 0, 0x90) & ~uint64_t(31));
        fresh.places = uint32_t(ITS_GET(peek(ITS_FRAME_GITS, 0, 0x80), CBASER_SIZE) + 1) * 128;
        s.rules.order = fresh;
    }
    judge_bus();
    s.lpis.edge(g_);
    batch_.swap(events_);
    events_.clear();
    for (const its_event &e : batch_)
        digest(e);
    if (rd_error) /* it may have come after any of them */
        s.lpis.unknown();
    packets_.clear();
    packet_ = 0;
    if (!batch_.empty() && !now_fast && !was_fast_)
        its_rules_creadr(&s.rules, uint32_t(peek(ITS_FRAME_GITS, 0, 0x90)) & ~31u);
    batch_.clear();
    was_fast_ = now_fast;
    if (s.rules.log.count)
        judge_rules();
}

void machine::digest(const its_event &e)
{
    if (listener)
        listener(e);
    if (was_fast_)
        s.rules.off = e.kind == ITS_EV_STATE ? e.c == ITS_OFF : s.rules.off;
    else
        its_rules_sink(&s.rules, &e);
    if (e.kind == ITS_EV_MEM_READ || e.kind == ITS_EV_MEM_WRITE)
        lpi_access(e);
    forward += moves_on(e);
    s.syserr |= e.kind == ITS_EV_SYSERR;
    if (e.kind == ITS_EV_STATE || e.kind == ITS_EV_RESET)
        state_event(e);
    else if (e.kind == ITS_EV_MEM_WRITE)
        write_event(e);
    else
        command_event(e);
    s.msis.event(e);
    s.lpis.event(e, g_, plain_memory());
}

/* Tables of LPIs are software's while GICR_WAKER says Quiescent, and from the end of a disable on. In
 * the fast face WAKER is already what it is after the whole call. */
void machine::lpi_access(const its_event &e)
{
    if (e.c != ITS_CLIENT_LPI_PENDING && e.c != ITS_CLIENT_LPI_CONFIG)
        return;
    if (!was_fast_ && peek(ITS_FRAME_GICR, 0, WAKER, 4) >> 31)
        fail("a redistributor accesses %llx while WAKER is Quiescent", (unsigned long long)e.a);
    if (e.kind == ITS_EV_MEM_WRITE && !s.lpis.in_use(e.a))
        fail("a redistributor writes %llx, which is in no pending table in use",
             (unsigned long long)e.a);
}

/* --- on and off --------------------------------------------------------------------------------- */

void machine::begin_reference()
{
    s.shall.begin(peek(ITS_FRAME_GITS, 0, 0x100), peek(ITS_FRAME_GITS, 0, 0x108), s.memory);
    s.shall.good = s.shall.good && gic500_look(g_).writes_owed == 0;
}

void machine::state_event(const its_event &e)
{
    if (e.kind == ITS_EV_RESET) {
        s.state = live_state_ = ITS_OFF;
        s.shall.reset();
        s.msis.reset();
        s.lpis.reset();
        s.running_ref = 0;
        return;
    }
    static const uint8_t before[] = {ITS_WRITEBACK, ITS_OFF, ITS_ON, ITS_DRAIN};
    if (e.c > ITS_WRITEBACK || s.state != before[e.c])
        fail("state %u after %u", e.c, s.state);
    s.state = uint8_t(e.c);
    if (s.state == ITS_ON && !s.prepared)
        begin_reference();
    else if (s.state == ITS_OFF)
        off();
}

void machine::off()
{
    if (s.shall.good && !s.memory_bus.its_write_error)
        s.shall.compare(s.memory);
    s.shall.good = false;
    gic500_status look = gic500_look(g_);
    for (unsigned kind = 0; kind < ITS_ENTRY_KINDS; kind++)
        if (look.dirty[kind])
            fail("Quiescent with %u dirty lines of %s", look.dirty[kind],
                 its_entry_name(its_entry_kind(kind)));
}

void machine::write_event(const its_event &e)
{
    if (e.c < ITS_ENTRY_KINDS) {
        s.shall.its_write(e.a, its_entry_kind(e.c));
        s.lpis.written(e.a, its_entry_bytes(&profile, its_entry_kind(e.c)));
    } else {
        s.shall.other_write(e.a, 8);
    }
}

/* Software writes a table: what the ITS makes of it is defined only when it cannot know the old. */
void machine::poke(uint64_t address, uint64_t value, unsigned bytes)
{
    s.memory.store(address, value, bytes);
    s.lpis.written(address, bytes);
    if (s.state != ITS_OFF)
        s.shall.good = false;
}

/* --- commands ----------------------------------------------------------------------------------- */

void machine::command_event(const its_event &e)
{
    switch (e.kind) {
    case ITS_EV_CMD_START: {
        for (unsigned i = 0; i < 4; i++)
            s.running[i] = packets_[packet_++];
        s.running_ref = e.ref;
        s.running_code = 0;
        s.running_fault = false;
        its_cmd c = its_cmd_unpack(s.running);
        if (c.device != e.a || c.event != e.b || c.opcode != e.c)
            fail("command %08x of device %x starts, fetched was %016llx", e.ref, unsigned(e.a),
                 (unsigned long long)s.running[0]);
        break;
    }
    case ITS_EV_CMD_ERROR:
        s.running_code = uint32_t(e.a);
        break;
    case ITS_EV_CMD_FAULT:
        s.running_fault = true;
        break;
    case ITS_EV_CMD_DONE:
        require(e.ref == s.running_ref, "a command ends that did not start");
        command_done();
        s.running_ref = 0;
        break;
    default:
        break;
    }
}

void machine::command_done()
{
    bool judged = s.shall.good;

    if (s.running_fault)
        return;
    if (s.running_code) {
        its_verdict v = s.shall.ask(s.running);
        if (judged && s.shall.good && (v.kind != ITS_VERDICT_ERROR || v.code != s.running_code))
            fail("command %016llx %016llx %016llx: error %06x, expected verdict %u, code %06x",
                 (unsigned long long)s.running[0], (unsigned long long)s.running[1],
                 (unsigned long long)s.running[2], s.running_code, v.kind, v.code);
        return;
    }
    its_verdict v = s.shall.command(s.running);
    if (judged && s.shall.good && v.kind != ITS_VERDICT_DO)
        fail("command %016llx %016llx %016llx carried out, expected error %06x",
             (unsigned long long)s.running[0], (unsigned long long)s.running[1],
             (unsigned long long)s.running[2], v.code);
}

/* --- GITS_STATUSR, FCTLR and OPR ----------------------------------------------------------------- */

void machine::judge_reports()
{
    uint64_t statusr = peek(ITS_FRAME_GITS, 0, 0x40, 4);
    bool umsi = ITS_GET(statusr, STATUSR_UMSI) != 0;
    gic500_pins pins = s.pins;

    gic500_drive(g_, &pins);
    require(umsi || (!ITS_GET(statusr, STATUSR_SYNDROME) && !peek(ITS_FRAME_GITS, 0, 0x48)),
            "GITS_UMSIR or Syndrome without UMSI");
    require(pins.umsi_irq == (umsi && ITS_GET(peek(ITS_FRAME_GITS, 0, 0, 4), GITS_CTLR_UMSI_IRQ)),
            "umsi_irq is not UMSI and UMSIirq");
    require(!ITS_GET(peek(ITS_FRAME_GITS, 0, 0x20, 4), FCTLR_INVALIDATE),
            "at rest, but a cache is still being emptied");
    require(!ITS_GET(peek(ITS_FRAME_GITS, 0, 0x30), OPSR_IN_PROGRESS) ||
                ITS_GET(peek(ITS_FRAME_GITS, 0, 0x28), OPR_LOCK_TYPE) == ITS_OPR_TRACK,
            "at rest, but an operation of GITS_OPR is in progress");
}

void machine::judge_trial(uint32_t device, uint32_t event)
{
    const uint64_t abort = uint64_t(ITS_OPR_TRACK_ABORT) << 60;
    const uint64_t opr = uint64_t(ITS_OPR_TRIAL) << 60 | uint64_t(device) << 32 | event;

    if (!profile.cache_control || device >> 20 || event >> 16)
        return;
    registers(ITS_FRAME_GITS, 0, 0x28, true, abort, 8);
    if (!rest(3000))
        return;
    registers(ITS_FRAME_GITS, 0, 0x28, true, opr, 8);
    bool rested = rest(3000);
    for (const fault_window &f : s.memory_bus.window)
        rested = rested && !f.bytes;
    if (!rested || !s.shall.good || s.state != ITS_ON || peek(ITS_FRAME_GITS, 0, 0x28) != opr)
        return;
    its_verdict v = s.shall.msi(device, event);
    if (!s.shall.good) /* it would have gone by bytes that are somebody else's, too */
        return;
    uint64_t is = peek(ITS_FRAME_GITS, 0, 0x30) & ~ITS_MASK(OPSR_LOCKED);
    uint64_t shall = ITS_SET(0, OPSR_COMPLETE, 1);
    if (v.kind == ITS_VERDICT_DO) {
        shall = ITS_SET(shall, OPSR_PASS, 1);
        shall = ITS_SET(ITS_SET(shall, OPSR_INTID, v.intid), OPSR_TARGET, v.rd);
    }
    if (is != shall)
        fail("trial of device %x, event %x: GITS_OPSR %016llx, expected %016llx", device, event,
             (unsigned long long)is, (unsigned long long)shall);
}

/* A processor that is awake has its LPIs, not in a table. */
void machine::judge_sleep()
{
    if (!(peek(ITS_FRAME_GICR, 0, WAKER, 4) >> 31))
        return;
    for (unsigned rd = 0; rd < profile.redistributors; rd++)
        if ((peek(ITS_FRAME_GICR, rd, WAKER, 4) & 3u) != 3u)
            fail("Quiescent, but WAKER of redistributor %u is %llx", rd,
                 (unsigned long long)peek(ITS_FRAME_GICR, rd, WAKER, 4));
}

void machine::check_rest()
{
    s.msis.settled();
    s.lpis.settled(g_, plain_memory());
    judge_reports();
    judge_sleep();
}

} // namespace fuzz
