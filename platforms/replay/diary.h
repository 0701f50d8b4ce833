// SPDX-License-Identifier: MIT
// diary.h - what the model did of late, for messages about expectations that failed: which INTIDs it
// spoke of, and the events in which an interrupt or a command was lost.
#ifndef ITSIM_REPLAY_DIARY_H
#define ITSIM_REPLAY_DIARY_H

#include <cstdint>
#include <deque>
#include <set>
#include <string>

#include "wire/event.h"

namespace replay {

class diary {
public:
    // A sink for events; `host` is a diary.
    static void sink(void *host, const its_event *event);

    // INTIDs of all messages and LPIs so far.
    const std::set<uint32_t> &intids() const { return intids_; }

    // Why an MSI of this device and event, or an LPI, did not arrive: the last event that lost it, as
    // the text trace has it; empty when there is none.
    std::string why_no_msi(uint32_t device, uint32_t event, uint64_t since) const;
    std::string why_no_lpi(unsigned rd, uint32_t intid) const;

    // The last event that lost anything.
    std::string last_loss() const;

private:
    static std::string text(const its_event &event);
    bool lost_msi(const its_event &loss, uint32_t device, uint32_t event, uint64_t since) const;

    std::set<uint32_t> intids_;
    std::deque<its_event> losses_;  // the newest at the back
    std::deque<its_event> accepts_; // MSI_ACCEPT, the newest at the back
};

} // namespace replay

#endif
