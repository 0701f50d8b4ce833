// SPDX-License-Identifier: MIT
// player.h - plays a trace on a bench and checks what it expects.
#ifndef ITSIM_REPLAY_PLAYER_H
#define ITSIM_REPLAY_PLAYER_H

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.h"
#include "diary.h"
#include "trace.h"
#include "watch/counters.h"

namespace replay {

// An expectation of the trace that did not hold; what() begins "<file>:<line>: ".
class mismatch : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What was played.
struct tally {
    uint64_t ops = 0;
    uint64_t msis = 0;
    uint64_t acknowledged = 0;
    uint64_t refused = 0; // bus accesses with an error response
};

class player {
public:
    // All arguments outlive the player. `diary` and `counters` hear the bench's events.
    player(const trace &t, bench &b, const diary &d, its_counters &counters);
    ~player();

    // Most cycles to wait for one op.
    void set_limit(uint64_t cycles) { limit_ = cycles; }
    // Called before each op with its number.
    void set_progress(std::function<void(size_t)> p) { progress_ = std::move(p); }
    // Asked before each op and while waiting: true ends the playing early.
    void set_stop(std::function<bool()> s) { stop_ = std::move(s); }

    // Plays the trace, in a thread process. False: ended early. Throws mismatch.
    bool play();

    // The op being played, or the last one.
    unsigned line() const { return line_; }
    const tally &done() const { return tally_; }

private:
    struct ended {};
    using lpi_set = std::set<std::pair<unsigned, uint32_t>>;

    void run(const fill_op &o);
    void run(const poke_op &o);
    void run(const peek_op &o);
    void run(const write_op &o);
    void run(const read_op &o);
    void run(const msi_op &o);
    void run(const run_op &o);
    void run(const settle_op &);
    void run(const pending_op &o);
    void run(const ack_op &o);
    void run(const resetn_op &o);
    void run(const bus_op &o);
    void run(const quiet_op &o);
    void run(const stats_op &o);

    std::optional<uint64_t> value_at(const place &at);
    void settle();
    void check_stop();
    void check_quiet();
    lpi_set pending_now();
    void expect_change(const msi_op &o, const lpi_set &before, const lpi_set &after,
                       const std::string &why);
    [[noreturn]] void fail(const std::string &what) const;

    const trace &trace_;
    bench &bench_;
    const diary &diary_;
    its_counters &counters_;
    std::function<void(size_t)> progress_ = [](size_t) {};
    std::function<bool()> stop_ = [] { return false; };
    std::set<uint32_t> named_; // INTIDs the trace speaks of
    std::string broken_quiet_; // the first access of the ITS since quiet
    tally tally_;
    uint64_t limit_ = 1000000;
    unsigned line_ = 0;
    bool quiet_ = false;
};

// Register place of a trace as the bench knows it.
reg reg_of(const place &at);

} // namespace replay

#endif
