/* SPDX-License-Identifier: MIT */
/* docs/model.md lists every profile field with its defaults and range, and names tests that exist. */
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "arch/profile.h"

namespace {

std::string text_of(const std::filesystem::path &file)
{
    std::ifstream in(file);
    std::stringstream all;
    all << in.rdbuf();
    EXPECT_TRUE(in.good()) << file;
    return all.str();
}

const std::filesystem::path root = ITSIM_SOURCE_DIR;

std::string page()
{
    return text_of(root / "docs" / "model.md");
}

std::vector<std::string> split(const std::string &text, const char *separator)
{
    std::vector<std::string> parts;
    size_t from = 0, at;
    while ((at = text.find(separator, from)) != std::string::npos) {
        parts.push_back(text.substr(from, at - from));
        from = at + std::strlen(separator);
    }
    parts.push_back(text.substr(from));
    return parts;
}

uint32_t preset_value(const char *preset, const its_profile_field &field)
{
    its_profile p;
    uint32_t value;
    EXPECT_TRUE(its_profile_preset(&p, preset));
    std::memcpy(&value, reinterpret_cast<const char *>(&p) + field.offset, sizeof value);
    return value;
}

/* A row is | names | a column a preset | range | what | tests |, names and values separated by ", ". */
TEST(Docs, TheModelPageHasEveryProfileFieldWithItsDefaultsAndItsRange)
{
    std::set<std::string> found;
    std::string all = page();
    size_t fields_at = all.find("## Profile fields");
    ASSERT_NE(fields_at, std::string::npos);
    for (auto &line : split(all.substr(fields_at), "\n")) {
        std::vector<std::string> cells = split(line, " | ");
        if (cells.size() < 8 || cells[0].compare(0, 2, "| ") != 0)
            continue;
        std::vector<std::string> names = split(cells[0].substr(2), ", ");
        const char *presets[] = {"gic500", "gic600", "kvm", "flat"};
        for (size_t i = 0; i < names.size(); i++) {
            const its_profile_field *field = its_profile_field_named(names[i].c_str());
            if (!field)
                continue;
            found.insert(names[i]);
            for (unsigned preset = 0; preset < 4; preset++) {
                std::vector<std::string> values = split(cells[preset + 1], ", ");
                ASSERT_EQ(values.size(), names.size()) << line;
                EXPECT_EQ(std::stoul(values[i], nullptr, 0), preset_value(presets[preset], *field))
                    << names[i];
            }
            std::vector<std::string> ranges = split(cells[5], ", ");
            ASSERT_EQ(ranges.size(), names.size()) << line;
            std::vector<std::string> ends = split(ranges[i], "..");
            ASSERT_EQ(ends.size(), 2u) << line;
            EXPECT_EQ(std::stoul(ends[0], nullptr, 0), field->min) << names[i];
            EXPECT_EQ(std::stoul(ends[1], nullptr, 0), field->max) << names[i];
        }
    }
    for (unsigned i = 0; its_profile_field_at(i); i++)
        EXPECT_EQ(found.count(its_profile_field_at(i)->name), 1u) << its_profile_field_at(i)->name;
}

TEST(Docs, TheModelPageNamesTestsThatExist)
{
    std::set<std::string> tests;
    const std::regex definition(R"(\nTEST(?:_[FP])?\(\s*(\w+)\s*,\s*(\w+)\s*\))");
    for (auto &file : std::filesystem::recursive_directory_iterator(root / "tests")) {
        if (file.path().extension() != ".cpp")
            continue;
        std::string source = text_of(file.path());
        for (std::sregex_iterator i(source.begin(), source.end(), definition), end; i != end; ++i)
            tests.insert((*i)[1].str() + "." + (*i)[2].str());
    }
    const std::regex name(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
    std::string all = page();
    unsigned named = 0;
    for (std::sregex_iterator i(all.begin(), all.end(), name), end; i != end; ++i, named++)
        EXPECT_EQ(tests.count((*i)[1].str()), 1u) << (*i)[1].str();
    EXPECT_GT(named, 80u);
}

} // namespace
