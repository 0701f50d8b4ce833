// SPDX-License-Identifier: MIT
// reports.cpp - see the header.
#include "reports.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <systemc>

namespace rig {

namespace {

std::map<std::string, unsigned> expected;
std::set<std::string> allowed;

void handle(const sc_core::sc_report &report, const sc_core::sc_actions &actions)
{
    if (report.get_severity() >= sc_core::SC_WARNING && !allowed.count(report.get_msg_type())) {
        auto e = expected.find(report.get_msg_type());
        if (e == expected.end() || e->second == 0)
            ADD_FAILURE() << report.what();
        else
            e->second--;
    }
    // Errors throw as always; what is printed is the failure above.
    sc_core::sc_report_handler::default_handler(
        report, actions & ~static_cast<sc_core::sc_actions>(sc_core::SC_DISPLAY | sc_core::SC_LOG));
}

class missing_reports : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo &) override
    {
        expected.clear();
        allowed.clear();
    }
    void OnTestEnd(const testing::TestInfo &) override
    {
        for (const auto &[id, times] : expected)
            EXPECT_EQ(times, 0u) << "reports of " << id << " that did not come";
    }
};

} // namespace

void expect_report(const std::string &id, unsigned times)
{
    expected[id] += times;
}

void allow_reports(const std::string &id)
{
    allowed.insert(id);
}

void watch_reports()
{
    sc_core::sc_report_handler::set_handler(handle);
    testing::UnitTest::GetInstance()->listeners().Append(new missing_reports);
}

} // namespace rig
