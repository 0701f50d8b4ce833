/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "arch/profile.h"
}

namespace {

its_profile preset(const char *name)
{
    its_profile p;
    EXPECT_TRUE(its_profile_preset(&p, name));
    return p;
}

uint32_t &field(its_profile &p, const char *name)
{
    const its_profile_field *f = its_profile_field_named(name);
    EXPECT_NE(f, nullptr) << name;
    return *reinterpret_cast<uint32_t *>(reinterpret_cast<char *>(&p) + f->offset);
}

struct contradiction {
    const char *preset;
    std::vector<std::pair<const char *, uint32_t>> set;
    const char *bad;
};

/* The checker must blame `bad`, and say why in words that name it. */
void expect_refused(const contradiction &c)
{
    its_profile p = preset(c.preset);
    for (const auto &s : c.set)
        field(p, s.first) = s.second;
    char why[200] = "";
    const char *bad = its_profile_check(&p, why, sizeof why);
    ASSERT_NE(bad, nullptr) << c.preset << " should be refused for " << c.bad;
    EXPECT_STREQ(bad, c.bad);
    EXPECT_EQ(std::string(why).find(std::string(c.bad) + ": "), 0u) << why;
    EXPECT_STREQ(its_profile_check(&p, nullptr, 0), c.bad);
}

void expect_good(const char *name, std::vector<std::pair<const char *, uint32_t>> set)
{
    its_profile p = preset(name);
    for (const auto &s : set)
        field(p, s.first) = s.second;
    char why[200] = "";
    EXPECT_EQ(its_profile_check(&p, why, sizeof why), nullptr) << why;
}

} // namespace

TEST(Profile, EveryPresetIsGood)
{
    unsigned n = 0;
    for (; its_profile_preset_name(n); n++)
        expect_good(its_profile_preset_name(n), {});
    EXPECT_EQ(n, 4u);
    EXPECT_STREQ(its_profile_preset_name(0), "gic500");
}

TEST(Profile, Gic500HasItsDocumentedFigures)
{
    its_profile p = preset("gic500");
    EXPECT_EQ(p.devid_bits, 20u);
    EXPECT_EQ(p.hcc, p.redistributors + 1);
    EXPECT_EQ(p.collection_table, 0u);
    EXPECT_EQ(p.ite_bytes, 4u);
    EXPECT_EQ(p.iidr, 0x0001143bu);
}

TEST(Profile, Gic600HasItsDocumentedFigures)
{
    its_profile p = preset("gic600");
    EXPECT_EQ(p.devid_bits, 20u);
    EXPECT_EQ(p.eventid_bits, 16u);
    EXPECT_EQ(p.intid_bits, 16u);
    EXPECT_EQ(p.icid_bits, 14u);
    EXPECT_EQ(p.hcc, 0u);
    EXPECT_EQ(p.collection_table, 1u);
    EXPECT_EQ(p.dte_bytes, 8u);
    EXPECT_EQ(p.ite_bytes, 4u);
    EXPECT_EQ(p.cte_bytes, 2u);
    EXPECT_EQ(p.device_indirect, 1u);
    EXPECT_EQ(p.event_cache_sets * p.event_cache_ways, 256u);
    EXPECT_EQ(p.device_cache_sets * p.device_cache_ways, 32u);
    EXPECT_EQ(p.collection_cache_sets * p.collection_cache_ways, 16u);
    EXPECT_EQ(p.lpi_entries, 64u);
    EXPECT_EQ(p.iidr, 0x0201743bu);
}

TEST(Profile, KvmHasKvmsLimits)
{
    its_profile p = preset("kvm");
    for (uint32_t bits : {p.devid_bits, p.eventid_bits, p.intid_bits, p.icid_bits})
        EXPECT_EQ(bits, 16u);
    for (uint32_t bytes : {p.dte_bytes, p.ite_bytes, p.cte_bytes})
        EXPECT_EQ(bytes, 8u);
    EXPECT_EQ(p.page_sizes, 4u);
    EXPECT_EQ(p.table_layout, 1u);
    EXPECT_EQ(p.event_cache_policy, unsigned(ITS_POLICY_WRITE_THROUGH));
    EXPECT_EQ(p.event_cache_sets * p.event_cache_ways, 64u);
    EXPECT_EQ(p.lpi_entries, 0u);
    EXPECT_EQ(p.direct_inv, 1u);
    EXPECT_EQ(p.ces, 1u);
    EXPECT_EQ(p.iidr >> 24, 0x4bu);
}

TEST(Profile, AnUnknownPresetChangesNothing)
{
    its_profile p = preset("flat");
    its_profile before = p;
    EXPECT_FALSE(its_profile_preset(&p, "gic9000"));
    EXPECT_EQ(memcmp(&p, &before, sizeof p), 0);
}

TEST(Profile, FieldsAreListedOnceWithDocumentation)
{
    unsigned n = 0;
    for (const its_profile_field *f; (f = its_profile_field_at(n)); n++) {
        EXPECT_EQ(its_profile_field_named(f->name), f);
        EXPECT_GT(strlen(f->doc), 10u) << f->name;
        EXPECT_LE(f->min, f->max) << f->name;
        EXPECT_EQ(f->offset, n * sizeof(uint32_t)) << f->name;
    }
    EXPECT_EQ(n * sizeof(uint32_t), sizeof(its_profile));
    EXPECT_EQ(its_profile_field_named("no_such_field"), nullptr);
}

TEST(Profile, SetTakesDecimalAndHexadecimal)
{
    its_profile p = preset("flat");
    EXPECT_TRUE(its_profile_set(&p, "devid_bits", "12", nullptr, 0));
    EXPECT_EQ(p.devid_bits, 12u);
    EXPECT_TRUE(its_profile_set(&p, "iidr", "0xABCDef01", nullptr, 0));
    EXPECT_EQ(p.iidr, 0xabcdef01u);
    EXPECT_TRUE(its_profile_set(&p, "iidr", "0x0189aFfA", nullptr, 0));
    EXPECT_EQ(p.iidr, 0x0189affau);
    EXPECT_TRUE(its_profile_set(&p, "iidr", "4294967295", nullptr, 0));
    EXPECT_EQ(p.iidr, 0xffffffffu);
}

TEST(Profile, SetRefusesWhatIsNotANumberOfTheFieldsRange)
{
    its_profile p = preset("flat");
    its_profile before = p;
    for (const char *text : {"",
                             "x",
                             "0x",
                             "0xg",
                             "-1",
                             "+1",
                             " 1",
                             "1 ",
                             "1.0",
                             "1k",
                             "0",
                             "33",
                             "1:",
                             "1/",
                             "0x1G",
                             "0x1@",
                             "0x1`",
                             "0x1:",
                             "4294967297",
                             "18446744073709551617",
                             "0x10000000000000001"}) {
        char why[120] = "";
        EXPECT_FALSE(its_profile_set(&p, "devid_bits", text, why, sizeof why)) << text;
        EXPECT_NE(std::string(why).find("devid_bits"), std::string::npos) << why;
    }
    char why[120] = "";
    EXPECT_FALSE(its_profile_set(&p, "devidbits", "3", why, sizeof why));
    EXPECT_NE(std::string(why).find("devidbits"), std::string::npos);
    EXPECT_EQ(memcmp(&p, &before, sizeof p), 0);
}

TEST(Profile, ReasonsAreCutToTheirBuffer)
{
    its_profile p = preset("flat");
    char why[8] = "1234567";
    EXPECT_FALSE(its_profile_set(&p, "devid_bits", "99", why, 6));
    EXPECT_STREQ(why, "devid");
    EXPECT_EQ(why[6], '7');
    EXPECT_FALSE(its_profile_set(&p, "devid_bits", "99", why, 0));
    EXPECT_STREQ(why, "devid") << "no room for a reason";
    EXPECT_FALSE(its_profile_set(&p, "devid_bits", "99", nullptr, 80)) << "no room either";
    EXPECT_FALSE(its_profile_set(&p, "no_such_field", "99", nullptr, 80));
}

TEST(Profile, SettingRedistributorsMovesHardwareCollectionsAlongOnAGic500)
{
    its_profile p = preset("gic500");
    EXPECT_TRUE(its_profile_set(&p, "redistributors", "128", nullptr, 0));
    EXPECT_EQ(p.hcc, 129u);
    EXPECT_TRUE(its_profile_set(&p, "hcc", "7", nullptr, 0));
    EXPECT_TRUE(its_profile_set(&p, "redistributors", "2", nullptr, 0));
    EXPECT_EQ(p.hcc, 7u);
    p = preset("flat");
    EXPECT_TRUE(its_profile_set(&p, "redistributors", "2", nullptr, 0));
    EXPECT_EQ(p.hcc, 0u);
}

TEST(Profile, EveryFieldOutOfItsRangeIsNamed)
{
    const its_profile_field *f;
    for (unsigned i = 0; (f = its_profile_field_at(i)); i++) {
        if (f->max != UINT32_MAX)
            expect_refused({"flat", {{f->name, f->max + 1}}, f->name});
        if (f->min > 0)
            expect_refused({"flat", {{f->name, f->min - 1}}, f->name});
    }
}

TEST(Profile, EntryStridesMustBeMultiplesOfTheirContent)
{
    expect_refused({"flat", {{"dte_bytes", 12}}, "dte_bytes"});
    expect_refused({"flat", {{"ite_bytes", 6}}, "ite_bytes"});
    expect_refused({"flat", {{"cte_bytes", 3}}, "cte_bytes"});
    expect_good("flat", {{"dte_bytes", 24}, {"ite_bytes", 16}, {"cte_bytes", 6}});
}

TEST(Profile, EntriesMustHoldTheirIdentifiers)
{
    expect_refused({"flat", {{"ite_bytes", 4}}, "ite_bytes"});
    expect_refused({"flat", {{"ite_bytes", 12}}, "ite_bytes"});
    expect_good("flat", {{"ite_bytes", 4}, {"icid_bits", 15}});
    expect_good("flat", {{"ite_bytes", 12}, {"icid_bits", 16}, {"intid_bits", 15}});
    expect_good("gic500", {{"hcc", 255}});
}

TEST(Profile, KvmsFormatTakesEightBytesAnEntry)
{
    expect_refused({"kvm", {{"ite_bytes", 4}}, "ite_bytes"});
    expect_refused({"kvm", {{"ite_bytes", 12}}, "ite_bytes"});
    expect_refused({"kvm", {{"cte_bytes", 4}}, "cte_bytes"});
    expect_good("kvm", {{"dte_bytes", 16}, {"ite_bytes", 16}, {"cte_bytes", 24}});
    expect_good("kvm", {{"table_layout", 0}, {"ite_bytes", 4}, {"icid_bits", 15}});
    expect_refused({"gic600", {{"table_layout", 1}}, "ite_bytes"});
}

TEST(Profile, ThereMustBeCollectionsAndTheyMustAddUp)
{
    expect_refused({"gic500", {{"hcc", 0}}, "collection_table"});
    expect_refused({"flat", {{"collection_table", 0}}, "collection_table"});
    expect_refused({"gic500", {{"icid_bits", 2}}, "hcc"});
    expect_good("gic500", {{"icid_bits", 3}});
    expect_refused({"gic500", {{"cct", 1}}, "cct"});
    expect_refused({"flat", {{"cct", 1}}, "cct"});
    expect_good("flat", {{"cct", 1}, {"hcc", 8}});
    expect_refused({"gic500", {{"collection_indirect", 1}}, "collection_indirect"});
}

TEST(Profile, AddressesMustFit)
{
    expect_refused({"flat", {{"page_sizes", 3}}, "page_size_reset"});
    expect_good("flat", {{"page_sizes", 3}, {"page_size_reset", 1}});
    expect_refused({"flat", {{"pta", 1}, {"rd_base", 0xfffffff9}}, "rd_base"});
    expect_good("flat", {{"pta", 1}, {"rd_base", 0xfffffff8}});
    expect_refused({"flat", {{"pta", 1}, {"rd_base", 0xfff9}, {"pa_bits", 32}}, "rd_base"});
    expect_refused(
        {"flat", {{"device_window", 1}, {"devid_bits", 31}, {"pa_bits", 32}}, "device_window"});
    expect_good("flat", {{"device_window", 1}, {"devid_bits", 30}, {"pa_bits", 32}});
}

TEST(Profile, TheSlavePortIsFourOrEightBytesWide)
{
    for (uint32_t bytes : {5u, 6u, 7u})
        expect_refused({"flat", {{"bus_bytes", bytes}}, "bus_bytes"});
    expect_refused({"flat", {{"msi64", 1}}, "msi64"});
    expect_good("flat", {{"msi64", 1}, {"bus_bytes", 8}});
    expect_refused({"flat", {{"msi64", 1}, {"bus_bytes", 8}, {"device_window", 1}}, "msi64"});
}

TEST(Profile, ClearableEnableLpisIsNotPromisedWhenItSticks)
{
    expect_refused({"flat", {{"lpi_disable", 1}}, "ces"});
    expect_good("flat", {{"lpi_disable", 1}, {"ces", 0}});
}

TEST(Profile, CachesAreMadeOfPowersOfTwoAndBounded)
{
    expect_refused({"flat", {{"device_cache_sets", 3}}, "device_cache_sets"});
    expect_refused({"flat", {{"event_cache_sets", 48}}, "event_cache_sets"});
    expect_refused({"flat", {{"collection_cache_sets", 6}}, "collection_cache_sets"});
    expect_refused(
        {"flat", {{"event_cache_sets", 2048}, {"event_cache_ways", 4}}, "event_cache_sets"});
    expect_refused({"flat",
                    {{"collection_cache_sets", 512}, {"collection_cache_ways", 4}},
                    "collection_cache_sets"});
    expect_good("flat", {{"event_cache_sets", 2048}, {"collection_cache_sets", 512}});
    expect_good("flat", {{"device_cache_sets", 256}, {"device_cache_ways", 16}});
}
