/* SPDX-License-Identifier: MIT */
/*
 * sites.h - where a C source can be changed by one small mistake, and into what. Works on tokens, not
 * on meaning: some of what it proposes does not compile, and the caller finds out.
 */
#ifndef ITSIM_TOOLS_MUTANTS_SITES_H
#define ITSIM_TOOLS_MUTANTS_SITES_H

#include <cstddef>
#include <string>
#include <vector>

namespace mutants {

struct site {
    std::string file;
    unsigned line;
    std::size_t begin; /* this part of the file ... */
    std::size_t end;
    std::string text; /* ... becomes this */
    std::string what; /* for people */
};

/*
 * All sites of one file, in order. `tables_only`: the file is a list of macro calls (.def), so only
 * its numbers are changed.
 */
std::vector<site> find_sites(const std::string &file, const std::string &source, bool tables_only);

} // namespace mutants

#endif
