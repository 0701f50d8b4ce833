/* SPDX-License-Identifier: MIT */
/*
 * machines.h - the configurations the laws are tried on, and what memory says about a mapping when
 * nobody but this file decodes it.
 */
#ifndef ITSIM_TESTS_LAWS_MACHINES_H
#define ITSIM_TESTS_LAWS_MACHINES_H

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "../common/gic_bench.h"
#include "arch/decide.h"

namespace laws {

using settings = std::vector<std::pair<const char *, const char *>>;

struct machine {
    std::string name;
    const char *preset;
    settings set;
    bool two_level;
};

inline std::ostream &operator<<(std::ostream &o, const machine &m)
{
    return o << m.name;
}

/* Mapping caches of 1, 2 and 64 entries; policy "1" write-through, "2" write-back. */
inline settings caches(const char *policy, unsigned entries)
{
    const char *sets = entries == 64 ? "32" : "1";
    const char *ways = entries == 1 ? "1" : "2";
    return {{"device_cache_policy", policy},     {"event_cache_policy", policy},
            {"collection_cache_policy", policy}, {"device_cache_sets", sets},
            {"event_cache_sets", sets},          {"collection_cache_sets", sets},
            {"device_cache_ways", ways},         {"event_cache_ways", ways},
            {"collection_cache_ways", ways}};
}

inline std::vector<machine> machines()
{
    std::vector<machine> all = {{"gic500", "gic500", {}, false},
                                {"gic600", "gic600", {}, false},
                                {"gic600_two_level", "gic600", {}, true},
                                {"kvm", "kvm", {}, false},
                                {"kvm_two_level", "kvm", {}, true},
                                {"flat", "flat", {}, false},
                                {"flat_two_level_back_2", "flat", caches("2", 2), true},
                                {"gic500_perturbed", "gic500", {{"perturb", "1"}}, false},
                                {"kvm_perturbed", "kvm", {{"perturb", "2"}}, true},
                                {"gic600_perturbed", "gic600", {{"perturb", "8"}}, true}};
    for (unsigned entries : {1u, 2u, 64u}) {
        all.push_back(
            {"flat_through_" + std::to_string(entries), "flat", caches("1", entries), false});
        all.push_back(
            {"flat_back_" + std::to_string(entries), "flat", caches("2", entries), false});
    }
    return all;
}

inline std::string machine_name(const testing::TestParamInfo<machine> &i)
{
    return i.param.name;
}

inline std::unique_ptr<bench::gic> make(const machine &m, const settings &more = {})
{
    settings set = m.set;
    set.insert(set.end(), more.begin(), more.end());
    auto g = std::make_unique<bench::gic>(m.preset, set);
    g->two_level = m.two_level;
    g->skips_errors = g->profile.command_error == 2;
    return g;
}

/* Event e (0, 1) of device d (1, 2) is LPI 8192 + 2 * d + e of redistributor d. */
inline void map_four(bench::gic &g)
{
    for (uint32_t d : {1u, 2u}) {
        g.mapd(d);
        for (uint32_t e : {0u, 1u})
            g.mapti(d, e, 8192 + 2 * d + e, d);
    }
    g.run();
}

inline bool back(const bench::gic &g)
{
    return g.profile.event_cache_policy == 2;
}

/* Tables in memory, decoded by hand. */
class tables {
public:
    explicit tables(const bench::gic &g) : tables(g, g.mem.data) {}
    tables(const bench::gic &g, const bench::ram &memory)
        : profile_(g.profile), memory_(memory), two_level_(g.two_level)
    {}
    its_entry dte(uint32_t device) const
    {
        auto a = address(bench::gic::DEVICES, device, profile_.dte_bytes, two_level_);
        return a ? entry(ITS_ENTRY_DTE, *a) : its_entry{};
    }
    its_entry cte(uint32_t icid) const
    {
        auto a = address(bench::gic::COLLECTIONS, icid, profile_.cte_bytes,
                         two_level_ && profile_.collection_indirect);
        return a ? entry(ITS_ENTRY_CTE, *a) : its_entry{};
    }
    its_entry ite(uint64_t itt, uint32_t event) const
    {
        return entry(ITS_ENTRY_ITE, itt + uint64_t(event) * profile_.ite_bytes);
    }

private:
    /* Nothing when the level-1 entry is invalid. */
    std::optional<uint64_t> address(uint64_t base, uint32_t id, unsigned stride,
                                    bool two_level) const
    {
        if (!two_level)
            return base + uint64_t(id) * stride;
        unsigned a_page = 0x10000 / stride;
        uint64_t level1 = memory_.load(base + 8ull * (id / a_page), 8);
        if (!(level1 >> 63))
            return std::nullopt;
        return (level1 & 0xffffffff0000ull) + uint64_t(id % a_page) * stride;
    }
    its_entry entry(its_entry_kind kind, uint64_t at) const
    {
        return its_entry_unpack(&profile_, kind,
                                memory_.load(at, its_entry_bytes(&profile_, kind)));
    }

    const its_profile &profile_;
    const bench::ram &memory_;
    bool two_level_;
};

inline bool written_in(const bench::gic &g, uint64_t from, uint64_t bytes)
{
    for (uint64_t a : g.mem.written)
        if (a >= from && a < from + bytes)
            return true;
    return false;
}

} // namespace laws

#endif
