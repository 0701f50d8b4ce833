// SPDX-License-Identifier: MIT
// apart.h - SystemC elaborates once a process, so a test that compares two simulations runs all but
// the last of them in processes of their own.
#ifndef ITSIM_TESTS_TLM_APART_H
#define ITSIM_TESTS_TLM_APART_H

#include <functional>
#include <string>

namespace rig {

// Text that `run` returns in a child process. To be called before anything is elaborated here. What
// fails there fails here.
std::string apart(const std::function<std::string()> &run);

} // namespace rig

#endif
