/* SPDX-License-Identifier: MIT */
/*
 * reference.h - the ITS as the architecture sees it: tables in memory, no cache, no time. It asks
 * its_decide() over a memory of its own and keeps pending sets; it shares no code with the units.
 */
#ifndef ITSIM_TESTS_LAWS_REFERENCE_H
#define ITSIM_TESTS_LAWS_REFERENCE_H

#include <cstring>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "machines.h"

namespace laws {

class reference {
public:
    using pending_sets = std::vector<std::set<uint32_t>>;

    /* Begins with what the bench's software has put into memory: call before anything is mapped. */
    explicit reference(const bench::gic &g)
        : memory(g.mem.data), pending(g.profile.redistributors), profile_(g.profile)
    {
        facts_.profile = &profile_;
        facts_.device =
            its_table_from_baser(g.baser0(), its_entry_stride(&profile_, ITS_ENTRY_DTE));
        if (profile_.collection_table)
            facts_.collection =
                its_table_from_baser(g.baser1(), its_entry_stride(&profile_, ITS_ENTRY_CTE));
    }
    reference(const reference &) = delete;
    reference &operator=(const reference &) = delete;

    bench::ram memory;
    pending_sets pending;

    /* What a command would do now. */
    its_verdict ask(const its_cmd &c) const
    {
        its_request rq{};
        rq.cmd = c;
        return ask(rq);
    }
    its_verdict ask_msi(uint32_t device, uint32_t event) const
    {
        its_request rq{};
        rq.msi = true;
        rq.cmd.device = device;
        rq.cmd.event = event;
        return ask(rq);
    }

    its_verdict command(const its_cmd &c)
    {
        its_verdict v = ask(c);
        if (v.kind == ITS_VERDICT_DO) {
            message(v);
            write(v);
        }
        return v;
    }
    its_verdict msi(uint32_t device, uint32_t event)
    {
        its_verdict v = ask_msi(device, event);
        if (v.kind == ITS_VERDICT_DO)
            message(v);
        return v;
    }

private:
    its_verdict ask(const its_request &rq) const
    {
        its_operands known;
        its_verdict v;
        std::memset(&known, 0, sizeof known);
        its_decide(&facts_, &rq, &known, &v);
        while (v.kind == ITS_VERDICT_NEED) {
            learn(v, known);
            its_decide(&facts_, &rq, &known, &v);
        }
        return v;
    }
    void learn(const its_verdict &v, its_operands &known) const
    {
        auto &value = known.value[v.operand];
        known.address[v.operand] = 0;
        known.state[v.operand] = ITS_HELD;
        if (v.what == ITS_ENTRY_CTE && v.event < profile_.hcc) {
            auto c = hardware_.find(v.event);
            value = its_entry{};
            value.valid = c != hardware_.end();
            value.target = value.valid ? c->second : uint16_t(0);
        } else if (v.fetch) {
            auto kind = its_entry_kind(v.what);
            known.address[v.operand] = v.address;
            value = its_entry_unpack(&profile_, kind,
                                     memory.load(v.address, its_entry_bytes(&profile_, kind)));
        } else {
            known.state[v.operand] = ITS_MISSED;
        }
    }
    void message(const its_verdict &v)
    {
        switch (its_rd_message(v.message)) {
        case ITS_RD_SET:
            pending[v.rd].insert(v.intid);
            break;
        case ITS_RD_CLEAR:
        case ITS_RD_DISCARD:
            pending[v.rd].erase(v.intid);
            break;
        case ITS_RD_MOVE:
            if (pending[v.rd].erase(v.intid))
                pending[v.rd2].insert(v.intid);
            break;
        case ITS_RD_MOVE_ALL:
            pending[v.rd2].insert(pending[v.rd].begin(), pending[v.rd].end());
            pending[v.rd].clear();
            break;
        case ITS_RD_INV:
        case ITS_RD_INVALL:
        case ITS_RD_SYNC:
        case ITS_RD_NONE:
            break;
        }
    }
    void write(const its_verdict &v)
    {
        if (!v.write)
            return;
        if (v.what == ITS_ENTRY_CTE && v.event < profile_.hcc) {
            if (v.entry.valid)
                hardware_[v.event] = v.entry.target;
            else
                hardware_.erase(v.event);
            return;
        }
        auto kind = its_entry_kind(v.what);
        memory.store(v.address, its_entry_pack(&profile_, kind, &v.entry),
                     its_entry_bytes(&profile_, kind));
    }

    its_profile profile_;
    its_facts facts_{};
    std::map<uint32_t, uint16_t> hardware_;
};

inline bool differ(const its_entry &a, const its_entry &b)
{
    return a.valid != b.valid || (a.valid && (a.address != b.address || a.intid != b.intid ||
                                              a.target != b.target || a.size != b.size));
}

/* Does the bench's memory hold every mapping that this memory holds, and no other? */
inline testing::AssertionResult same_tables(const bench::gic &g, const bench::ram &memory,
                                            const std::vector<uint32_t> &devices, uint32_t events,
                                            uint32_t icids)
{
    tables have(g), want(g, memory);

    for (uint32_t d : devices) {
        its_entry right = want.dte(d);
        if (differ(have.dte(d), right))
            return testing::AssertionFailure() << "DTE of device " << d << ": valid "
                                               << have.dte(d).valid << ", not " << right.valid;
        for (uint32_t e = 0; right.valid && e < events && e >> (right.size + 1) == 0; e++) {
            its_entry h = have.ite(right.address, e), w = want.ite(right.address, e);
            if (differ(h, w))
                return testing::AssertionFailure()
                       << "ITE of device " << d << " event " << e << ": valid " << h.valid
                       << " intid " << h.intid << " icid " << h.target << ", not " << w.valid << " "
                       << w.intid << " " << w.target;
        }
    }
    for (uint32_t c = g.profile.hcc; g.profile.collection_table && c < icids; c++)
        if (differ(have.cte(c), want.cte(c)))
            return testing::AssertionFailure() << "CTE of collection " << c;
    return testing::AssertionSuccess();
}

} // namespace laws

#endif
