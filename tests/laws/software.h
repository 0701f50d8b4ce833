/* SPDX-License-Identifier: MIT */
/*
 * software.h - random but legal software: maps, moves, unmaps and raises interrupts on a bench, and
 * has the reference do the same in the order of the queue. ITTs are always fresh, zeroed memory.
 */
#ifndef ITSIM_TESTS_LAWS_SOFTWARE_H
#define ITSIM_TESTS_LAWS_SOFTWARE_H

#include <random>

#include "reference.h"

namespace laws {

/* What random software plays with. Sparse shapes miss races, dense ones miss the corners of tables. */
struct shape {
    std::vector<uint32_t> devices;
    std::vector<uint32_t> events;
    uint32_t icids;
    unsigned event_bits; /* of every ITT */
};

inline shape dense(unsigned devices = 3)
{
    static const uint32_t ids[4] = {0, 1, 5, 9}; /* some share a cache set, some do not */
    return {{ids, ids + devices}, {0, 1, 2}, 4, 2};
}

inline shape sparse()
{
    return {{0, 1, 2, 3, 7, 8, 17, 64, 255, 256, 1000, 4095},
            {0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 33, 63},
            6,
            6};
}

class software {
public:
    software(bench::gic &g, reference &ref, shape s, uint64_t seed)
        : g_(g), ref_(ref), shape_(std::move(s)), random_(seed)
    {}

    uint64_t pick(uint64_t n) { return random_() % n; }
    bool chance(unsigned in) { return pick(in) == 0; }
    uint32_t device() { return shape_.devices[pick(shape_.devices.size())]; }
    uint32_t event() { return shape_.events[pick(shape_.events.size())]; }
    uint32_t icid() { return uint32_t(pick(shape_.icids)); }
    uint32_t rd() { return uint32_t(pick(g_.profile.redistributors)); }
    const shape &range() const { return shape_; }

    /* Each event has two INTIDs of its own, so that what is pending tells who made it so. */
    uint32_t intid(uint32_t device, uint32_t event, unsigned which) const
    {
        uint32_t d = place(shape_.devices, device), e = place(shape_.events, event);
        return 8192 + (d * uint32_t(shape_.events.size()) + e) * 2 + which;
    }
    uint32_t last_intid() const
    {
        return 8192 + 2 * uint32_t(shape_.devices.size() * shape_.events.size());
    }

    /* Into the queue; the reference follows in catch_up(). */
    void queue(const its_cmd &c)
    {
        g_.command(c);
        behind_.push_back(c);
        log.push_back(c);
    }
    std::vector<its_cmd> log;

    void catch_up()
    {
        for (const auto &c : behind_)
            ref_.command(c);
        behind_.clear();
    }
    /* The commands the reference has not followed, for somebody else to judge. */
    std::vector<its_cmd> take_behind() { return std::exchange(behind_, {}); }
    void queue_syncs()
    {
        for (unsigned to = 0; to < g_.profile.redistributors; to++) {
            its_cmd c = g_.op(ITS_CMD_SYNC);
            c.rdbase = to;
            queue(c);
        }
    }
    /* A SYNC to everyone, and the wait for CREADR that a driver does. */
    void sync()
    {
        queue_syncs();
        g_.consume();
        catch_up();
    }
    void msi(uint32_t device, uint32_t event)
    {
        g_.msi(device, event);
        ref_.msi(device, event);
    }

    its_cmd random_command()
    {
        its_cmd c{};
        c.device = device();
        c.event = event();
        c.icid = uint16_t(icid());
        switch (pick(16)) {
        case 0:
        case 1:
            return mapd(c);
        case 2:
        case 3:
            c.opcode = ITS_CMD_MAPC;
            c.valid = !chance(4);
            c.rdbase = rd();
            return c;
        case 4:
        case 5:
        case 6:
            c.opcode = ITS_CMD_MAPTI;
            c.intid = intid(c.device, c.event, unsigned(pick(2)));
            return c;
        case 7:
        case 8:
            c.opcode = ITS_CMD_MOVI;
            return c;
        case 9:
            c.opcode = ITS_CMD_DISCARD;
            return c;
        case 10:
            c.opcode = ITS_CMD_INT;
            return c;
        case 11:
            c.opcode = ITS_CMD_CLEAR;
            return c;
        case 12:
            c.opcode = ITS_CMD_INV;
            return c;
        case 13:
            c.opcode = ITS_CMD_INVALL;
            return c;
        case 14:
            c.opcode = ITS_CMD_MOVALL;
            c.rdbase = rd();
            c.rdbase2 = rd();
            return c;
        default:
            return bad(c);
        }
    }
    /* Enough to begin with: every device and collection, most events. */
    void map_all()
    {
        for (uint32_t i = 0; i < shape_.icids; i++) {
            its_cmd c = g_.op(ITS_CMD_MAPC);
            c.icid = uint16_t(i);
            c.rdbase = i % g_.profile.redistributors;
            c.valid = true;
            queue(c);
        }
        for (uint32_t d : shape_.devices) {
            queue(mapped(d));
            for (uint32_t e : shape_.events)
                if (!chance(8))
                    queue(mapti(d, e, icid()));
        }
    }
    its_cmd mapped(uint32_t device)
    {
        its_cmd c = g_.op(ITS_CMD_MAPD);
        c.device = device;
        c.size = uint8_t(shape_.event_bits - 1);
        c.valid = true;
        c.itt = bench::gic::ITTS + 0x400 * uint64_t(itts_++);
        itt_[device] = c.itt;
        return c;
    }
    its_cmd unmapped(uint32_t device)
    {
        its_cmd c = g_.op(ITS_CMD_MAPD);
        c.device = device;
        return c;
    }
    its_cmd mapti(uint32_t device, uint32_t event, uint32_t icid)
    {
        its_cmd c = g_.op(ITS_CMD_MAPTI);
        c.device = device;
        c.event = event;
        c.icid = uint16_t(icid);
        c.intid = intid(device, event, 0);
        return c;
    }

    testing::AssertionResult same_pending() const
    {
        for (unsigned at = 0; at < g_.profile.redistributors; at++) {
            auto have = g_.pending_set(at, 8192, last_intid());
            if (have != ref_.pending[at])
                return testing::AssertionFailure()
                       << "redistributor " << at << " has " << testing::PrintToString(have)
                       << ", should have " << testing::PrintToString(ref_.pending[at]);
        }
        return testing::AssertionSuccess();
    }
    testing::AssertionResult same_tables() const
    {
        return laws::same_tables(g_, ref_.memory, shape_.devices, shape_.events.back() + 1, 16);
    }
    /* Every event raised once, alone: do the model's mappings say what the reference's do? */
    testing::AssertionResult same_translations()
    {
        for (uint32_t d : shape_.devices)
            for (uint32_t e : shape_.events) {
                g_.events.clear();
                g_.msi(d, e);
                g_.settle();
                its_verdict v = ref_.msi(d, e);
                for (const auto &x : g_.events) {
                    bool sent = x.kind == ITS_EV_MSI_SEND, dropped = x.kind == ITS_EV_MSI_DROP;
                    bool right = v.kind == ITS_VERDICT_DO ? sent && x.a == v.intid && x.c == v.rd
                                                          : dropped && x.c == v.drop;
                    if ((sent || dropped) && !right)
                        return testing::AssertionFailure()
                               << "device " << d << " event " << e << (sent ? " sent " : " drop ")
                               << x.a << " rd/reason " << x.c << ", not " << unsigned(v.kind) << " "
                               << v.intid << " " << v.rd << " " << unsigned(v.drop);
                }
            }
        return same_pending();
    }

private:
    static uint32_t place(const std::vector<uint32_t> &v, uint32_t x)
    {
        uint32_t i = 0;
        while (i < v.size() && v[i] != x)
            i++;
        return i;
    }
    its_cmd mapd(const its_cmd &c)
    {
        if (chance(3))
            return unmapped(c.device);
        auto old = itt_.find(c.device);
        if (old == itt_.end() || !chance(3))
            return mapped(c.device);
        /* Once more where it is or was: its events are there still, unless it was unmapped. */
        its_cmd now = g_.op(ITS_CMD_MAPD);
        now.device = c.device;
        now.size = uint8_t(shape_.event_bits - 1);
        now.valid = true;
        now.itt = old->second;
        return unmapped_since(c.device) ? mapped(c.device) : now;
    }
    bool unmapped_since(uint32_t device) const
    {
        for (size_t i = log.size(); i-- > 0;)
            if (log[i].opcode == ITS_CMD_MAPD && log[i].device == device)
                return !log[i].valid;
        return true;
    }
    its_cmd bad(its_cmd c)
    {
        switch (pick(4)) {
        case 0: /* event beyond the ITT */
            c.opcode = ITS_CMD_MAPTI;
            c.event = 1u << shape_.event_bits;
            c.intid = 8192;
            return c;
        case 1: /* no LPI */
            c.opcode = ITS_CMD_MAPTI;
            c.intid = 8191;
            return c;
        case 2: /* no such redistributor */
            c.opcode = ITS_CMD_SYNC;
            c.rdbase = g_.profile.redistributors;
            return c;
        default: /* no such command */
            c.opcode = 0x2a;
            return c;
        }
    }

    bench::gic &g_;
    reference &ref_;
    shape shape_;
    std::mt19937_64 random_;
    std::vector<its_cmd> behind_;
    std::map<uint32_t, uint64_t> itt_;
    unsigned itts_ = 0;
};

} // namespace laws

#endif
