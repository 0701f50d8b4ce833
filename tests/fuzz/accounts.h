/* SPDX-License-Identifier: MIT */
/*
 * accounts.h - what became of every MSI and every pending LPI, from the events. A value.
 *
 * MSIs: accepted ones end as sent, merged or dropped, once; sent ones arrive at the redistributor or
 * are refused there, once. LPIs: what LPI_SET, LPI_CLEAR and LPI_ACK say must agree with each other
 * and with gic500_pending(), for the first INTIDS of them, as long as nobody else writes the pending
 * tables.
 */
#ifndef ITSIM_TESTS_FUZZ_ACCOUNTS_H
#define ITSIM_TESTS_FUZZ_ACCOUNTS_H

#include <cstdint>
#include <vector>

#include "itsim/gic500.h"

namespace fuzz {

/* Where an accepted MSI went. */
struct outcome {
    uint32_t device, event;
    uint32_t intid;
    uint16_t rd;
    uint8_t drop; /* its_drop */
    uint8_t state;
};

enum : uint8_t { WAITING, SENT, ARRIVED, MERGED, DROPPED };

class msi_accounts {
public:
    void reset() { msi_.clear(); }
    void event(const its_event &e);
    /* Nothing is in flight: everything must have come to an end. */
    void settled() const;
    /* Of the MSI with this number, or NULL. */
    const outcome *find(uint32_t ref) const
    {
        return ref && ref <= msi_.size() ? &msi_[ref - 1] : nullptr;
    }
    uint32_t count() const { return uint32_t(msi_.size()); }

private:
    outcome &of(const its_event &e, uint8_t expected);

    std::vector<outcome> msi_; /* [number - 1], since resetn */
};

class lpi_accounts {
public:
    static constexpr unsigned INTIDS = 64, FIRST = 8192, RDS = 128;

    void create(unsigned rds)
    {
        rds_ = rds;
        reset();
    }
    void reset();
    /* After every edge, before its events. */
    void edge(gic500 *g);
    /* Nobody knows what this one has pending: its table was written by others, or lost. */
    void unknown()
    {
        for (auto &r : rd_)
            r.known = false;
    }
    void unknown(unsigned rd) { rd_[rd].known = false; }
    void event(const its_event &e, gic500 *g, const its_memory &memory);
    void settled(gic500 *g, const its_memory &memory) const;
    /* Somebody wrote here: does it concern a pending table in use? */
    void written(uint64_t address, unsigned bytes);
    /* Is it of a pending table in use? */
    bool in_use(uint64_t address) const;

private:
    struct redistributor {
        uint64_t pending;
        uint64_t table, end; /* of the pending table in memory; end 0: not in use */
        bool known;
    };
    bool tracked(const its_event &e) const
    {
        return e.c < rds_ && e.a >= FIRST && e.a < FIRST + INTIDS && rd_[e.c].known;
    }
    static uint64_t bit(uint64_t intid) { return uint64_t(1) << (intid - FIRST); }
    void compare(unsigned rd, gic500 *g, const its_memory &memory, const char *when) const;
    uint64_t table_bits(unsigned rd, const its_memory &memory) const;
    void enabled(unsigned rd, gic500 *g, const its_memory &memory);
    void flushed(unsigned rd, gic500 *g, const its_memory &memory) const;

    redistributor rd_[RDS] = {};
    unsigned rds_ = 0;
    bool late_ = true; /* writes that the bus took before resetn may not have landed yet */
};

} // namespace fuzz

#endif
