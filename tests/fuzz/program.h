/* SPDX-License-Identifier: MIT */
/*
 * program.h - runs one input: configuration, operations, and what must hold at the end of it.
 */
#ifndef ITSIM_TESTS_FUZZ_PROGRAM_H
#define ITSIM_TESTS_FUZZ_PROGRAM_H

#include <functional>
#include <string>

#include "arch/profile.h"
#include "input.h"
#include "wire/event.h"

namespace fuzz {

/* What a run was like. */
struct report {
    uint64_t ops = 0;
    uint64_t edges = 0;
    bool settled = false;  /* came to rest in the edges allowed: everything was judged */
    bool probed = false;   /* and was enabled again at the end */
    bool compared = false; /* tables in memory were judged */
};

/* For people: each operation before it runs, each event. */
struct watcher {
    std::function<void(const std::string &)> op;
    std::function<void(const its_event &)> event;
};

/* Throws a violation when the model breaks a promise. */
report run(const uint8_t *data, size_t bytes, const watcher *w = nullptr);

/* The profile of an input, always a good one. */
its_profile input_profile(const uint8_t *data, size_t bytes);

const char *op_name(code c);

} // namespace fuzz

#endif
