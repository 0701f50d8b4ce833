/* SPDX-License-Identifier: MIT */
/*
 * workshop.h - a copy of the source tree with a build of its own, where one mutant at a time is built
 * and tried. Only what a change affects is built again, and only up to the test that sees it.
 */
#ifndef ITSIM_TOOLS_MUTANTS_WORKSHOP_H
#define ITSIM_TOOLS_MUTANTS_WORKSHOP_H

#include <filesystem>
#include <string>
#include <vector>

#include "sites.h"

namespace mutants {

enum class outcome {
    caught,
    caught_by_time,
    survived,
    same_code, /* the compiler makes the same machine code of it: no mutant */
    no_code,   /* does not compile: no mutant */
};

struct trial {
    outcome result;
    std::string by; /* the test that caught it */
};

/* One program of the fast part of the tests. */
struct program {
    std::string name;
    double seconds; /* what it takes on the sources as they are */
};

class workshop {
public:
    workshop(std::filesystem::path source, std::filesystem::path place);

    /* Brings the copy up to date, builds it and times the tests. Throws std::runtime_error when one
       of them fails as it is. */
    void prepare();

    trial attempt(const site &change);

private:
    void copy_tree();
    bool build(const std::string &target) const;
    int run(const program &what, unsigned cpu_seconds, std::string *failed) const;
    std::vector<program> in_order(const std::string &file) const;

    std::filesystem::path source_;
    std::filesystem::path tree_;
    std::filesystem::path log_;
    std::string library_; /* contents of the unchanged one */
    std::vector<program> programs_;
};

/* A whole file. Throws std::runtime_error. */
std::string read_file(const std::filesystem::path &path);

/* True after an interrupt from the keyboard. */
bool interrupted();

} // namespace mutants

#endif
