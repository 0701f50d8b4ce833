/* SPDX-License-Identifier: MIT */
/*
 * race.h - judges a run in which MSIs raced with commands. From the events it takes when each MSI
 * was accepted and what became of it, and in which order messages left for each redistributor. The
 * run is right when each MSI can be given a place in the order of the commands, after those that
 * were done when it was accepted and before those not started when it was decided, such that the
 * reference does there what the model did, and such that the order of messages agrees.
 */
#ifndef ITSIM_TESTS_LAWS_RACE_H
#define ITSIM_TESTS_LAWS_RACE_H

#include "software.h"

namespace laws {

class race {
public:
    /* `start`: the reference as it was before the first command of `commands`; `place`: that
     * command's place in the queue. `pending`: what was pending then. */
    race(bench::gic &g, const shape &range, std::vector<its_cmd> commands, uint32_t place,
         reference &start)
        : pending(start.pending), g_(g), range_(range), commands_(std::move(commands)),
          place_(place)
    {
        note_mappings(start);
        for (const auto &c : commands_) {
            did_.push_back(start.command(c));
            note_mappings(start);
        }
    }

    testing::AssertionResult judge()
    {
        for (const auto &e : g_.events) {
            testing::AssertionResult r = event(e);
            if (!r)
                return r;
        }
        for (const auto &m : sent_) {
            testing::AssertionResult r = ordered(m);
            if (!r)
                return r;
        }
        if (started_ != commands_.size() || done_ != commands_.size())
            return fail() << "only " << done_ << " of " << commands_.size() << " commands done";
        for (unsigned rd = 0; rd < pending.size(); rd++)
            if (g_.pending_set(rd, 8192, 8192 + 128) != pending[rd])
                return fail() << "redistributor " << rd << " has "
                              << testing::PrintToString(g_.pending_set(rd, 8192, 8192 + 128))
                              << ", its messages say " << testing::PrintToString(pending[rd]);
        for (const auto &m : msis_)
            if (!m.second.over)
                return fail() << "MSI " << m.first << " vanished";
        return testing::AssertionSuccess();
    }

    unsigned raced = 0; /* MSIs with more than one possible place: how much was tested */
    reference::pending_sets pending; /* what the messages that left make of it */

private:
    using key = std::pair<uint32_t, uint32_t>;
    struct msi {
        key event;
        size_t earliest; /* commands done when it was accepted */
        size_t latest = 0;
        bool over = false;
        its_event outcome{};
    };
    struct message {
        uint32_t ref;
        uint32_t intid;
        unsigned rd;
        size_t after = 0, before; /* commands whose messages to rd left earlier, and later */
    };

    static testing::AssertionResult fail() { return testing::AssertionFailure(); }

    void note_mappings(const reference &r)
    {
        std::map<key, its_verdict> now;
        for (uint32_t d : range_.devices)
            for (uint32_t e : range_.events)
                now[{d, e}] = r.ask_msi(d, e);
        mapping_.push_back(std::move(now));
    }
    size_t command_of(uint32_t ref) const { return (ref & ~ITS_REF_CMD) - place_; }
    bool moves(uint32_t ref) const
    {
        uint8_t op = commands_[command_of(ref)].opcode;
        return op == ITS_CMD_MOVI || op == ITS_CMD_MOVALL;
    }

    testing::AssertionResult event(const its_event &e)
    {
        switch (unsigned(e.kind)) {
        case ITS_EV_CMD_START:
            started_++;
            break;
        case ITS_EV_CMD_ERROR:
            error_ = uint32_t(e.a);
            break;
        case ITS_EV_CMD_DONE:
            return finished(e);
        case ITS_EV_MSI_ACCEPT:
            msis_[e.ref] = msi{{uint32_t(e.a), uint32_t(e.b)}, done_};
            break;
        case ITS_EV_MSI_MERGE:
            merged_[msis_[e.ref].event].push_back(e.ref);
            break;
        case ITS_EV_MSI_SEND:
        case ITS_EV_MSI_DROP:
            return decided(e);
        case ITS_EV_RD_SEND:
            left(e);
            break;
        default:
            break;
        }
        return testing::AssertionSuccess();
    }
    testing::AssertionResult finished(const its_event &e)
    {
        size_t i = command_of(e.ref);
        if (i != done_ || i >= commands_.size())
            return fail() << "command " << i << " ended, not " << done_;
        uint32_t right = did_[i].kind == ITS_VERDICT_ERROR ? did_[i].code : 0;
        if (right != std::exchange(error_, 0))
            return fail() << "command " << i << " " << its_cmd_name(commands_[i].opcode)
                          << (right ? " should be an error" : " should be none");
        done_++;
        return testing::AssertionSuccess();
    }
    testing::AssertionResult decided(const its_event &e)
    {
        if (!msis_.count(e.ref))
            return fail() << "MSI " << e.ref << " never accepted";
        std::vector<uint32_t> all = {e.ref};
        auto &also = merged_[msis_[e.ref].event];
        all.insert(all.end(), also.begin(), also.end());
        also.clear();
        for (uint32_t ref : all) {
            msi &m = msis_[ref];
            m.latest = started_;
            m.over = true;
            m.outcome = e;
            if (!fits(m, 0, started_))
                return fail() << describe(ref, m) << " between " << m.earliest << " and "
                              << started_ << history(m);
            raced += m.earliest < started_;
        }
        return testing::AssertionSuccess();
    }
    bool right_at(const msi &m, size_t k) const
    {
        const its_verdict &v = mapping_[k].at(m.event);
        if (m.outcome.kind == ITS_EV_MSI_SEND)
            return v.kind == ITS_VERDICT_DO && v.intid == m.outcome.a && v.rd == m.outcome.c;
        return v.kind == ITS_VERDICT_DROP && v.drop == m.outcome.c;
    }
    bool fits(const msi &m, size_t from, size_t to) const
    {
        for (size_t k = std::max(from, m.earliest); k <= std::min(to, m.latest); k++)
            if (right_at(m, k))
                return true;
        return false;
    }
    /* A message left for its redistributor: keep the pending sets, and the order of sets. */
    void left(const its_event &e)
    {
        unsigned rd = unsigned(e.a >> 32 & 0xffff);
        uint32_t intid = uint32_t(e.a);
        auto &p = pending[rd];
        if (e.c == RD_SET && (e.ref & ITS_REF_CMD) && moves(e.ref)) {
            /* The second half of a move comes when it comes: what it sets is set, in any order. */
        } else if (e.ref & ITS_REF_CMD) {
            for (auto &m : sent_)
                if (m.rd == rd && m.before > command_of(e.ref))
                    m.before = command_of(e.ref);
            last_command_[rd] = command_of(e.ref) + 1;
        } else {
            sent_.push_back({e.ref, intid, rd, last_command_[rd], commands_.size()});
        }
        switch (its_rd_kind(e.c)) {
        case RD_SET:
            p.insert(intid);
            break;
        case RD_CLEAR:
        case RD_DISCARD:
        case RD_TAKE:
            p.erase(intid);
            break;
        case RD_HAND_OVER:
            p.clear();
            break;
        case RD_INV:
        case RD_INVALL:
        case RD_SYNC:
            break;
        }
    }
    /* Messages leave in the order they were put in: the MSI's place must agree with that. */
    testing::AssertionResult ordered(const message &s)
    {
        const msi &m = msis_[s.ref];
        if (m.outcome.kind != ITS_EV_MSI_SEND || m.outcome.a != s.intid || m.outcome.c != s.rd)
            return fail() << "MSI " << s.ref << " was sent as something else";
        if (!fits(m, s.after, s.before))
            return fail() << describe(s.ref, m) << " left between the messages of commands "
                          << s.after << " and " << s.before << history(m);
        return testing::AssertionSuccess();
    }
    std::string describe(uint32_t ref, const msi &m) const
    {
        return "MSI " + std::to_string(ref) + " of device " + std::to_string(m.event.first) +
               " event " + std::to_string(m.event.second) +
               (m.outcome.kind == ITS_EV_MSI_SEND ? " sent " : " dropped ") +
               std::to_string(m.outcome.a) + " rd/reason " + std::to_string(m.outcome.c) +
               " at cycle " + std::to_string(m.outcome.cycle);
    }
    std::string history(const msi &m) const
    {
        std::string s;
        for (size_t k = m.earliest; k <= m.latest; k++) {
            const its_verdict &v = mapping_[k].at(m.event);
            s += "\n  after " + std::to_string(k) + " commands: " +
                 (v.kind == ITS_VERDICT_DO
                      ? "sent " + std::to_string(v.intid) + " to " + std::to_string(v.rd)
                      : std::string("dropped ") + its_drop_name(its_drop(v.drop)));
            if (k < commands_.size())
                s += std::string("; then ") + its_cmd_name(commands_[k].opcode) + " device " +
                     std::to_string(commands_[k].device) + " event " +
                     std::to_string(commands_[k].event) + " icid " +
                     std::to_string(commands_[k].icid);
        }
        return s;
    }

    bench::gic &g_;
    shape range_;
    std::vector<its_cmd> commands_;
    uint32_t place_;
    std::vector<its_verdict> did_;
    std::vector<std::map<key, its_verdict>> mapping_; /* [k]: after k commands */
    std::map<uint32_t, msi> msis_;
    std::map<key, std::vector<uint32_t>> merged_;
    std::vector<message> sent_;
    std::map<unsigned, size_t> last_command_;
    size_t started_ = 0, done_ = 0;
    uint32_t error_ = 0;
};

} // namespace laws

#endif
