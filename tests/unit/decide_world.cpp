/* SPDX-License-Identifier: MIT */
#include "decide_world.h"

#include <cstring>
#include <sstream>

namespace decide_test {

uint64_t Table::entries() const
{
    uint64_t bytes = uint64_t(pages) * page_bytes;
    return indirect ? bytes / 8 * per_page() : bytes / stride;
}

World::World(const char *preset) : profile()
{
    EXPECT_TRUE(its_profile_preset(&profile, preset));
    device.base = UINT64_C(0x100000000);
    device.stride = profile.dte_bytes;
    device.valid = true;
    collection.base = UINT64_C(0x200000000);
    collection.stride = profile.cte_bytes;
    collection.valid = profile.collection_table != 0;
}

static its_table as_table(const Table &from)
{
    its_table t{};
    t.base = from.base;
    t.entries = from.entries();
    t.per_page = from.per_page();
    t.stride = from.stride;
    t.page_shift = from.page_bytes == 4096 ? 12 : from.page_bytes == 16384 ? 14 : 16;
    t.valid = from.valid;
    t.indirect = from.indirect;
    return t;
}

its_facts World::facts() const
{
    its_facts f{};
    f.profile = &profile;
    f.device = as_table(device);
    f.collection = as_table(collection);
    return f;
}

uint64_t World::collections() const
{
    uint64_t total = profile.hcc;
    if (collection.valid)
        total = profile.cct ? profile.hcc + collection.entries() : collection.entries();
    return total < UINT64_C(1) << profile.icid_bits ? total : UINT64_C(1) << profile.icid_bits;
}

const Line *World::find_line(its_entry_kind what, uint32_t of_device, uint32_t of_event) const
{
    for (const Line &line : held) {
        bool same_device = line.device == of_device || what == ITS_ENTRY_CTE;
        bool same_event = line.event == of_event || what == ITS_ENTRY_DTE;
        if (line.what == what && same_device && same_event)
            return &line;
    }
    return nullptr;
}

const Line *World::find(const its_verdict &need) const
{
    if (need.what == ITS_ENTRY_DEVICE_L1 || need.what == ITS_ENTRY_COLLECTION_L1) {
        for (const Line &line : held)
            if (line.what == need.what && need.fetch && line.address == need.address)
                return &line;
        return nullptr;
    }
    return find_line(its_entry_kind(need.what), need.device, need.event);
}

/* A hash that decides what noise an address holds; every third word is zero. */
static uint64_t noise_at(uint64_t seed, uint64_t at)
{
    uint64_t x = (seed ^ at) * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 29;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return x % 3 ? x * UINT64_C(0x2545f4914f6cdd1d) : 0;
}

its_entry World::read(its_entry_kind what, uint64_t at) const
{
    uint64_t word = noise ? noise_at(noise, at) : 0;
    auto found = memory.find(at);
    return its_entry_unpack(&profile, what, found == memory.end() ? word : found->second);
}

bool World::faulty(uint64_t at) const
{
    return faults.count(at) != 0 || (noise != 0 && noise_at(~noise, at) % 16 == 1);
}

its_entry World::level1(its_entry_kind what, uint64_t at) const
{
    for (const Line &line : held)
        if (line.what == what && line.address == at)
            return line.value;
    return read(what, at);
}

/* Level-1 bits [51:N] are the page, N = log2 of the page size. */
static uint64_t page_of(const its_entry &level1, const Table &table)
{
    return level1.address & ~uint64_t(table.page_bytes - 1) & UINT64_C(0x000fffffffffffff);
}

std::optional<uint64_t> World::address(its_entry_kind what, uint32_t of_device,
                                       uint32_t of_event) const
{
    bool by_collection = what == ITS_ENTRY_COLLECTION_L1 || what == ITS_ENTRY_CTE;

    if (what == ITS_ENTRY_ITE) {
        its_entry owner{};
        if (const Line *line = find_line(ITS_ENTRY_DTE, of_device, 0))
            owner = line->value;
        else if (auto at = address(ITS_ENTRY_DTE, of_device, 0))
            owner = read(ITS_ENTRY_DTE, *at);
        if (!owner.valid || of_event >= UINT64_C(2) << owner.size ||
            of_event >= UINT64_C(1) << profile.eventid_bits)
            return std::nullopt;
        return owner.address + uint64_t(of_event) * profile.ite_bytes;
    }

    const Table &table = by_collection ? collection : device;
    uint64_t id = of_device;
    uint64_t limit = UINT64_C(1) << profile.devid_bits;
    if (by_collection) {
        if (of_event < profile.hcc)
            return std::nullopt;
        id = profile.cct ? of_event - profile.hcc : of_event;
        limit = collections();
        if (of_event >= limit)
            return std::nullopt;
    } else if (id >= limit) {
        return std::nullopt;
    }
    if (!table.valid || id >= table.entries())
        return std::nullopt;
    if (!table.indirect)
        return what == ITS_ENTRY_DTE || what == ITS_ENTRY_CTE
                   ? std::optional<uint64_t>(table.base + id * table.stride)
                   : std::nullopt;

    uint64_t first = table.base + 8 * (id / table.per_page());
    if (what == ITS_ENTRY_DEVICE_L1 || what == ITS_ENTRY_COLLECTION_L1)
        return first;
    its_entry up = level1(by_collection ? ITS_ENTRY_COLLECTION_L1 : ITS_ENTRY_DEVICE_L1, first);
    if (!up.valid)
        return std::nullopt;
    return page_of(up, table) + table.stride * (id % table.per_page());
}

/* An address the test itself relies on. */
static uint64_t sure(std::optional<uint64_t> at)
{
    EXPECT_TRUE(at.has_value()) << "the test's own tables do not lead to this entry";
    return at.value_or(0);
}

uint64_t World::l1(uint32_t of_device) const
{
    return sure(address(ITS_ENTRY_DEVICE_L1, of_device, 0));
}

uint64_t World::dte_at(uint32_t of_device) const
{
    return sure(address(ITS_ENTRY_DTE, of_device, 0));
}

uint64_t World::ite_at(uint32_t of_device, uint32_t of_event) const
{
    return sure(address(ITS_ENTRY_ITE, of_device, of_event));
}

uint64_t World::collection_l1(uint16_t of_icid) const
{
    return sure(address(ITS_ENTRY_COLLECTION_L1, 0, of_icid));
}

uint64_t World::cte_at(uint16_t of_icid) const
{
    return sure(address(ITS_ENTRY_CTE, 0, of_icid));
}

void World::put(its_entry_kind what, uint64_t at, its_entry value)
{
    memory[at] = its_entry_pack(&profile, what, &value);
}

void World::put_level1(uint64_t at, uint64_t page, bool valid)
{
    memory[at] = page | (valid ? UINT64_C(1) << 63 : 0);
}

void World::ensure_page(its_entry_kind what, const Table &table, uint64_t id)
{
    uint64_t at = table.base + 8 * (id / table.per_page());
    if (!table.indirect || read(what, at).valid)
        return;
    put_level1(at, next_page_);
    next_page_ += table.page_bytes;
}

void World::map_device(uint32_t which, uint64_t at, uint8_t bits_minus_1)
{
    ensure_page(ITS_ENTRY_DEVICE_L1, device, which);
    put(ITS_ENTRY_DTE, dte_at(which), dte(at, bits_minus_1));
}

void World::map_event(uint32_t of_device, uint32_t which, uint32_t to_intid, uint16_t to_icid)
{
    put(ITS_ENTRY_ITE, ite_at(of_device, which), ite(to_intid, to_icid));
}

void World::set_collection(uint16_t which, its_entry value)
{
    if (which < profile.hcc) {
        hardware[which] = value;
        return;
    }
    ensure_page(ITS_ENTRY_COLLECTION_L1, collection, profile.cct ? which - profile.hcc : which);
    put(ITS_ENTRY_CTE, cte_at(which), value);
}

void World::map_everything()
{
    map_device(dev, itt, size);
    map_event(dev, evt, intid, icid);
    set_collection(icid, cte(rd));
    set_collection(icid2, cte(rd2));
}

std::string World::check_read(const its_verdict &need) const
{
    std::ostringstream text;
    auto at = address(its_entry_kind(need.what), need.device, need.event);
    text << std::hex;
    if (!at)
        text << "reads " << its_entry_name(its_entry_kind(need.what)) << " at 0x" << need.address
             << ", where no table leads";
    else if (*at != need.address)
        text << "reads " << its_entry_name(its_entry_kind(need.what)) << " at 0x" << need.address
             << " instead of 0x" << *at;
    return text.str();
}

/* A verdict must not depend on what its storage held, nor on having been asked before. */
static std::string ask_twice(const its_facts &facts, const its_request &request,
                             const its_operands &known, its_verdict *verdict)
{
    its_verdict again;
    std::memset(verdict, 0xa5, sizeof *verdict);
    std::memset(&again, 0x5a, sizeof again);
    its_decide(&facts, &request, &known, verdict);
    its_decide(&facts, &request, &known, &again);
    return describe(*verdict) == describe(again)
               ? ""
               : "two answers: " + describe(*verdict) + " and " + describe(again);
}

Answer World::ask(const its_request &request, bool look_first) const
{
    its_facts f = facts();
    Answer a{};
    its_operands known;
    std::memset(&known, 0xa5, sizeof known);
    std::memset(known.state, ITS_UNASKED, sizeof known.state);

    for (a.asks = 1;; a.asks++) {
        a.problem = ask_twice(f, request, known, &a.verdict);
        if (a.problem.empty())
            a.problem = broken_rule(f, request, known, a.verdict);
        if (a.asks > MAX_ASKS)
            a.problem = "replays do not end: " + describe(a.verdict);
        if (a.verdict.kind == ITS_VERDICT_FAULT && a.problem.empty() &&
            (a.reads.empty() || a.verdict.address != a.reads.back()))
            a.problem = "names another address than that of the failed read";
        if (!a.problem.empty() || a.verdict.kind != ITS_VERDICT_NEED)
            return a;

        const its_verdict &need = a.verdict;
        uint8_t *state = &known.state[need.operand];
        if (*state == ITS_UNASKED) {
            const Line *line = find(need);
            if (line) {
                known.value[need.operand] = line->value;
                known.address[need.operand] = line->address;
                *state = ITS_HELD;
                continue;
            }
            if (need.what == ITS_ENTRY_CTE && need.event < profile.hcc) {
                auto found = hardware.find(need.event);
                known.value[need.operand] = found == hardware.end() ? invalid() : found->second;
                known.address[need.operand] = 0;
                *state = ITS_HELD;
                continue;
            }
            if (look_first || !need.fetch) {
                *state = ITS_MISSED;
                continue;
            }
        }

        a.problem = check_read(need);
        if (!a.problem.empty())
            return a;
        a.reads.push_back(need.address);
        known.address[need.operand] = need.address;
        if (faulty(need.address)) {
            *state = ITS_FAULT;
            continue;
        }
        its_entry value = read(its_entry_kind(need.what), need.address);
        bool is_level1 = need.what == ITS_ENTRY_DEVICE_L1 || need.what == ITS_ENTRY_COLLECTION_L1;
        known.value[need.operand] = value;
        *state = ITS_HELD;
        if (!is_level1 || value.valid)
            a.lines.push_back(
                {its_entry_kind(need.what), need.device, need.event, need.address, value});
    }
}

testing::AssertionResult World::decides(const its_request &request, const Expect &expect) const
{
    Answer cold = ask(request);
    Answer looked = ask(request, true);

    for (const Answer *a : {&cold, &looked}) {
        std::string wrong = a->problem.empty() ? difference(expect, a->verdict) : a->problem;
        if (!wrong.empty())
            return testing::AssertionFailure()
                   << wrong << (a == &cold ? "" : " (caller that always looks first)");
    }

    for (unsigned some = 1; some < 1u << cold.lines.size(); some++) {
        World warm = *this;
        std::string names;
        for (unsigned i = 0; i < cold.lines.size(); i++) {
            if (!(some >> i & 1u))
                continue;
            warm.held.push_back(cold.lines[i]);
            names += std::string(" ") + its_entry_name(cold.lines[i].what);
        }
        Answer a = warm.ask(request);
        std::string wrong = a.problem.empty() ? difference(expect, a.verdict) : a.problem;
        if (!wrong.empty())
            return testing::AssertionFailure() << wrong << " (held in the cache:" << names << ")";
    }
    return testing::AssertionSuccess();
}

World two_level()
{
    World w("flat");
    w.profile.devid_bits = 20; /* more than the 2^18 the level-1 page reaches */
    w.profile.icid_bits = 14;
    w.device.indirect = true;
    w.collection.indirect = true;
    w.icid2 = 700; /* another level-1 entry than icid */
    w.map_everything();
    return w;
}

World flat()
{
    World w("flat");
    w.profile.icid_bits = 14;
    w.map_everything();
    return w;
}

World hardware_only()
{
    World w("gic500");
    w.icid = 1;
    w.icid2 = 4;
    w.map_everything();
    return w;
}

World mixed()
{
    World w("flat");
    w.profile.hcc = 3;
    w.profile.cct = 1;
    w.profile.icid_bits = 14;
    w.collection.indirect = true;
    w.icid2 = 700;
    w.map_everything();
    return w;
}

} // namespace decide_test
