/* SPDX-License-Identifier: MIT */
/*
 * its_decide() under random profiles, tables, requests and operands: whatever it decides, it keeps
 * the rules of decide.h, ends, and says the same however it is asked. Seeds are fixed; a failure
 * names the round to look at.
 */
#include "decide_world.h"

#include <cstring>
#include <random>
#include <sstream>

using namespace decide_test;

namespace {

class Dice {
public:
    explicit Dice(uint64_t seed) : engine_(seed) {}

    uint64_t word() { return engine_(); }
    uint64_t below(uint64_t n) { return engine_() % n; }
    bool one_in(uint64_t n) { return below(n) == 0; }
    uint32_t pick(std::initializer_list<uint32_t> of) { return of.begin()[below(of.size())]; }

    /* Mostly at the edges of a limit, sometimes anywhere. */
    uint64_t around(uint64_t limit)
    {
        switch (below(6)) {
        case 0:
            return 0;
        case 1:
            return limit - 1;
        case 2:
            return limit;
        case 3:
            return word() >> below(64);
        default:
            return limit ? below(limit) : 0;
        }
    }

private:
    std::mt19937_64 engine_;
};

/* A profile that its_profile_check() accepts. */
its_profile random_profile(Dice &dice)
{
    for (;;) {
        its_profile p;
        its_profile_preset(&p, its_profile_preset_name(unsigned(dice.below(4))));
        p.table_layout = dice.pick({0, 0, 0, 1});
        p.redistributors = dice.pick({1, 2, 4, 127, 128});
        p.devid_bits = dice.pick({1, 8, 16, 20, 32});
        p.eventid_bits = dice.pick({1, 5, 16, 20, 32});
        p.intid_bits = dice.pick({14, 15, 16});
        p.icid_bits = dice.pick({1, 8, 12, 14, 16});
        p.hcc = dice.pick({0, 0, 1, p.redistributors + 1, 255});
        p.cct = dice.pick({0, 1});
        p.collection_table = dice.pick({0, 1, 1});
        p.dte_bytes = dice.pick({8, 8, 24, 32});
        p.ite_bytes = dice.pick({4, 8, 12, 16});
        p.cte_bytes = dice.pick({2, 4, 6, 8, 32});
        p.device_indirect = 1;
        p.collection_indirect = p.collection_table;
        p.pta = dice.pick({0, 1});
        p.rd_base = uint32_t(dice.around(UINT64_C(1) << 32));
        p.rd_stride = dice.pick({2, 4, 16});
        p.eventid_wide = dice.pick({0, 1});
        p.mapti_mapped = dice.pick({0, 1, 2});
        if (its_profile_check(&p, nullptr, 0) == nullptr)
            return p;
    }
}

void random_table(Dice &dice, Table &table, uint32_t stride)
{
    table.page_bytes = dice.pick({4096, 16384, 65536});
    table.base =
        (dice.word() >> dice.pick({16, 20, 32})) & ~UINT64_C(0xffff) & UINT64_C(0x0000ffffffffffff);
    table.pages = uint32_t(1 + dice.around(256) % 256);
    table.stride = stride;
    table.indirect = dice.one_in(2);
    table.valid = !dice.one_in(8);
}

World random_world(Dice &dice)
{
    World w("flat");
    w.profile = random_profile(dice);
    random_table(dice, w.device, w.profile.dte_bytes);
    random_table(dice, w.collection, w.profile.cte_bytes);
    if (!w.profile.collection_table)
        w.collection.valid = false;
    for (uint32_t icid = 0; icid < w.profile.hcc; icid++)
        if (!dice.one_in(4))
            w.hardware[icid] = cte(uint16_t(dice.below(w.profile.redistributors)));
    w.noise = dice.word() | 1;
    return w;
}

uint64_t random_rdbase(Dice &dice, const its_profile &p)
{
    uint64_t rd = dice.around(p.redistributors);
    return (p.pta ? p.rd_base + rd * p.rd_stride : rd) & UINT64_C(0xfffffffff);
}

its_request random_request(Dice &dice, const World &w)
{
    static const uint8_t OPCODES[] = {1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
    const its_profile &p = w.profile;
    its_request rq{};
    its_cmd &c = rq.cmd;
    uint64_t devices = std::min(UINT64_C(1) << p.devid_bits, w.device.entries());

    rq.msi = dice.one_in(4);
    c.opcode = dice.one_in(32) ? uint8_t(dice.word()) : OPCODES[dice.below(sizeof OPCODES)];
    c.device = uint32_t(dice.around(dice.one_in(4) ? UINT64_C(1) << p.devid_bits : devices));
    c.event = uint32_t(dice.around(dice.one_in(2) ? 16 : UINT64_C(1) << p.eventid_bits));
    c.intid = dice.one_in(4) ? uint32_t(dice.around(8192))
                             : uint32_t(dice.around(UINT64_C(1) << p.intid_bits));
    c.icid = uint16_t(dice.around(dice.one_in(2) ? w.collections() : p.hcc));
    c.size = uint8_t(dice.around(p.eventid_bits)) & 31;
    c.valid = !dice.one_in(3);
    c.itt = dice.word() & UINT64_C(0x000fffffffffff00);
    c.rdbase = random_rdbase(dice, p);
    c.rdbase2 = random_rdbase(dice, p);
    if (c.opcode == ITS_CMD_MAPI)
        c.intid = c.event;
    return rq;
}

its_entry random_entry(Dice &dice, const World &w, its_entry_kind what)
{
    its_entry e = its_entry_unpack(&w.profile, what, dice.word());
    e.valid = !dice.one_in(4);
    if (what == ITS_ENTRY_CTE && !dice.one_in(4))
        e.target = uint16_t(e.target % w.profile.redistributors);
    if (what == ITS_ENTRY_ITE && !dice.one_in(4))
        e.target = uint16_t(dice.around(w.collections()));
    return e;
}

const its_entry_kind KIND_OF[ITS_OPERANDS] = {
    ITS_ENTRY_DEVICE_L1, ITS_ENTRY_DTE,           ITS_ENTRY_ITE,          ITS_ENTRY_CTE,
    ITS_ENTRY_CTE,       ITS_ENTRY_COLLECTION_L1, ITS_ENTRY_COLLECTION_L1};

void fill(Dice &dice, const World &w, its_operands &known, unsigned operand, uint8_t state)
{
    known.state[operand] = state;
    known.address[operand] = dice.word() & UINT64_C(0x000fffffffffffff);
    known.value[operand] = random_entry(dice, w, KIND_OF[operand]);
}

its_operands random_operands(Dice &dice, const World &w, bool empty)
{
    static const uint8_t STATES[] = {ITS_UNASKED, ITS_UNASKED, ITS_HELD, ITS_HELD, ITS_FAULT};
    its_operands known;
    std::memset(&known, 0xa5, sizeof known);
    std::memset(known.state, ITS_UNASKED, sizeof known.state);
    for (unsigned i = 0; i < ITS_OPERANDS && !empty; i++) {
        fill(dice, w, known, i, STATES[dice.below(sizeof STATES)]);
        if (KIND_OF[i] == ITS_ENTRY_CTE && w.profile.hcc && known.state[i] == ITS_FAULT)
            known.state[i] = ITS_HELD; /* it might be a hardware collection: those never fault */
    }
    return known;
}

std::string show(const its_request &rq)
{
    std::ostringstream text;
    const its_cmd &c = rq.cmd;
    text << std::hex << (rq.msi ? "MSI" : its_cmd_name(c.opcode)) << " opcode "
         << unsigned(c.opcode) << " device " << c.device << " event " << c.event << " intid "
         << c.intid << " icid " << c.icid << " size " << unsigned(c.size) << " valid " << c.valid
         << " rdbase " << c.rdbase << " " << c.rdbase2;
    return text.str();
}

/* Storage that held something else, and operands that are not known, must not matter. */
std::string ask_in_noise(Dice &dice, const World &w, const its_request &rq,
                         const its_operands &known, its_verdict *v)
{
    its_facts facts = w.facts();
    its_operands other = known;
    its_verdict again;
    for (unsigned i = 0; i < ITS_OPERANDS; i++)
        if (known.state[i] != ITS_HELD)
            fill(dice, w, other, i, known.state[i]);
    std::memset(v, 0xa5, sizeof *v);
    std::memset(&again, 0x5a, sizeof again);
    its_decide(&facts, &rq, &known, v);
    its_decide(&facts, &rq, &other, &again);
    std::string broken = broken_rule(facts, rq, known, *v);
    if (broken.empty() && describe(*v) != describe(again))
        broken = "believes what is not known: " + describe(*v) + " and " + describe(again);
    return broken;
}

/* Answers anything: replays must end for every memory there could be. */
void replay(Dice &dice, const World &w, const its_request &rq, its_operands known,
            std::map<unsigned, unsigned> &kinds)
{
    its_verdict v;
    for (unsigned asks = 1; asks <= MAX_ASKS; asks++) {
        std::string broken = ask_in_noise(dice, w, rq, known, &v);
        ASSERT_EQ("", broken) << show(rq);
        if (v.kind != ITS_VERDICT_NEED) {
            kinds[v.kind]++;
            return;
        }
        bool found = v.what == ITS_ENTRY_CTE && v.event < w.profile.hcc;
        if (found)
            fill(dice, w, known, v.operand, ITS_HELD);
        else if (known.state[v.operand] == ITS_UNASKED && (!v.fetch || dice.one_in(2)))
            known.state[v.operand] = ITS_MISSED;
        else
            fill(dice, w, known, v.operand, dice.one_in(16) ? ITS_FAULT : ITS_HELD);
    }
    FAIL() << "replays do not end: " << show(rq);
}

class DecideFuzz : public testing::TestWithParam<unsigned> {};

TEST_P(DecideFuzz, KeepsTheRulesAndEndsFromNothingKnown)
{
    Dice dice(GetParam());
    std::map<unsigned, unsigned> kinds;
    for (unsigned round = 0; round < 20000 && !HasFatalFailure(); round++) {
        SCOPED_TRACE(round);
        World w = random_world(dice);
        for (unsigned i = 0; i < 4; i++)
            replay(dice, w, random_request(dice, w), random_operands(dice, w, true), kinds);
    }
    for (unsigned kind = ITS_VERDICT_DO; kind <= ITS_VERDICT_FAULT; kind++)
        EXPECT_GT(kinds[kind], 100u) << kind;
}

TEST_P(DecideFuzz, KeepsTheRulesAndEndsFromAnythingKnown)
{
    Dice dice(GetParam() + 1000);
    std::map<unsigned, unsigned> kinds;
    for (unsigned round = 0; round < 20000 && !HasFatalFailure(); round++) {
        SCOPED_TRACE(round);
        World w = random_world(dice);
        for (unsigned i = 0; i < 4; i++)
            replay(dice, w, random_request(dice, w), random_operands(dice, w, false), kinds);
    }
    for (unsigned kind = ITS_VERDICT_DO; kind <= ITS_VERDICT_FAULT; kind++)
        EXPECT_GT(kinds[kind], 100u) << kind;
}

/* Memory full of noise, with bus errors: any set of its lines may be held, the verdict is the same. */
TEST_P(DecideFuzz, DecidesTheSameWhateverOfMemoryIsHeld)
{
    Dice dice(GetParam() + 2000);
    std::map<unsigned, unsigned> kinds;
    for (unsigned round = 0; round < 10000; round++) {
        World w = random_world(dice);
        its_request rq = random_request(dice, w);
        Answer cold = w.ask(rq);
        ASSERT_EQ("", cold.problem) << round << " " << show(rq);
        ASSERT_LE(cold.asks, MAX_ASKS);
        kinds[cold.verdict.kind]++;
        for (unsigned some = 0; some < 1u << cold.lines.size(); some++) {
            w.held.clear();
            for (unsigned i = 0; i < cold.lines.size(); i++)
                if (some >> i & 1u)
                    w.held.push_back(cold.lines[i]);
            Answer a = w.ask(rq, some == 0);
            ASSERT_EQ("", a.problem) << round << " " << show(rq);
            ASSERT_EQ(describe(cold.verdict), describe(a.verdict)) << round << " " << show(rq);
            ASSERT_LE(a.reads.size(), cold.reads.size());
        }
    }
    for (unsigned kind = ITS_VERDICT_DO; kind <= ITS_VERDICT_FAULT; kind++)
        EXPECT_GT(kinds[kind], 20u) << kind;
}

INSTANTIATE_TEST_SUITE_P(Seed, DecideFuzz, testing::Values(1u, 2u),
                         testing::PrintToStringParamName());

} // namespace
