/* SPDX-License-Identifier: MIT */
/*
 * gic600.h - a bench of preset gic600, one device mapped, in either face; and its own registers.
 */
#ifndef ITSIM_TESTS_LAWS_GIC600_H
#define ITSIM_TESTS_LAWS_GIC600_H

#include "software.h"

#include "arch/regs.h"

namespace laws {

constexpr uint32_t FCTLR = 0x20, OPR = 0x28, OPSR = 0x30, CREADR = 0x90, CFGID = 0xf000;
constexpr uint32_t ICC = 1u << 16, IDC = 1u << 17, IEC = 1u << 18;

class Gic600 : public testing::TestWithParam<its_face> {
protected:
    void SetUp() override { start({}); }
    void start(const settings &set)
    {
        g = std::make_unique<bench::gic>("gic600", set);
        g->boot();
        if (GetParam() == ITS_FACE_FAST)
            g->face(ITS_FACE_FAST);
        g->mapd(1, 9);
        for (uint32_t e : {0u, 1u, 2u, 3u})
            g->mapti(1, e, 8192 + e, e);
        g->run();
        g->events.clear();
    }
    uint64_t last(its_event_kind kind) const
    {
        for (size_t i = g->events.size(); i-- > 0;)
            if (g->events[i].kind == kind)
                return g->events[i].a;
        return 0;
    }
    its_cmd command(uint8_t opcode, uint32_t device = 1, uint32_t event = 0,
                    uint32_t icid = 0) const
    {
        its_cmd c = g->op(opcode);
        c.device = device;
        c.event = event;
        c.icid = uint16_t(icid);
        c.valid = true;
        c.intid = 8300;
        return c;
    }
    its_cmd movall(uint32_t from, uint32_t to) const
    {
        its_cmd c = g->op(ITS_CMD_MOVALL);
        c.rdbase = from;
        c.rdbase2 = to;
        return c;
    }
    /* Runs one command; the error codes it led to, 0 for none: of the ITS, of a redistributor. */
    std::pair<uint64_t, uint64_t> errors(const its_cmd &c)
    {
        g->events.clear();
        g->command(c);
        g->run();
        return {last(ITS_EV_CMD_ERROR), last(ITS_EV_CMD_REFUSED)};
    }
    bool done() const { return !g->look().stalled && g->look().creadr == g->cwriter(); }
    void lpis_off(unsigned rd)
    {
        g->write(ITS_FRAME_GICR, 0, 0, 4, rd);
        g->settle();
    }

    /* GITS_OPR: starts an operation; what GITS_OPSR says when nothing goes on any more. */
    void begin(its_opr_kind kind, uint32_t device = 1, uint32_t event = 0)
    {
        g->write(ITS_FRAME_GITS, OPR, uint64_t(kind) << 60 | uint64_t(device) << 32 | event, 8);
    }
    uint64_t opsr() { return g->read(ITS_FRAME_GITS, OPSR, 8); }
    uint64_t operate(its_opr_kind kind, uint32_t device = 1, uint32_t event = 0)
    {
        begin(kind, device, event);
        g->settle();
        return opsr();
    }
    static uint64_t passed(uint32_t intid, unsigned rd, bool locked)
    {
        return UINT64_C(3) << 62 | uint64_t(locked) << 48 | uint64_t(rd) << 32 | intid;
    }
    static constexpr uint64_t DONE = UINT64_C(1) << 63, BUSY = UINT64_C(1) << 61,
                              PASS = UINT64_C(1) << 62;

    void fctlr(uint32_t v)
    {
        g->write(ITS_FRAME_GITS, FCTLR, v);
        g->settle();
    }
    void msi(uint32_t device, uint32_t event)
    {
        g->msi(device, event);
        g->settle();
    }
    /* Reads from memory of events of device 1. */
    unsigned ite_reads() const
    {
        unsigned n = 0;
        for (const auto &e : g->events)
            n += e.kind == ITS_EV_MEM_READ && e.c == ITS_ENTRY_ITE;
        return n;
    }

    std::unique_ptr<bench::gic> g;
};

inline std::string face_name(const testing::TestParamInfo<its_face> &i)
{
    return i.param == ITS_FACE_FAST ? "fast" : "clocked";
}

} // namespace laws

#endif
