// SPDX-License-Identifier: MIT
// reports.h - SystemC reports of WARNING or above fail the test that caused them, unless it said
// beforehand that they will come.
#ifndef ITSIM_TESTS_TLM_REPORTS_H
#define ITSIM_TESTS_TLM_REPORTS_H

#include <string>

namespace rig {

// Exactly `times` reports of this id will come before the test ends.
void expect_report(const std::string &id, unsigned times = 1);

// Any number of reports of this id may come before the test ends.
void allow_reports(const std::string &id);

// Makes reports fail tests; sc_main calls it.
void watch_reports();

} // namespace rig

#endif
