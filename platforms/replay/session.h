// SPDX-License-Identifier: MIT
// session.h - one trace played from beginning to end in this process: the bench, the files it
// writes, what happens beside the trace (resetn, dropped lines), and what came of it.
#ifndef ITSIM_REPLAY_SESSION_H
#define ITSIM_REPLAY_SESSION_H

#include <string>

#include "options.h"
#include "outputs.h"
#include "trace.h"

namespace replay {

struct outcome {
    int exit_code = 0; // 1: an expectation did not hold; 2: a file could not be written to the end
    std::string json;  // one object: what was played, all counters and histograms
};

// Plays the trace and prints what came of it. SystemC elaborates once a process: call it once.
outcome play(const trace &t, const its_profile &profile, const options &o, const outputs &files);

} // namespace replay

#endif
