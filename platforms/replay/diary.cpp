// SPDX-License-Identifier: MIT
// diary.cpp - see the header.
#include "diary.h"

#include <algorithm>

#include "watch/text.h"

namespace replay {

namespace {

constexpr size_t kept = 256;

void keep(std::deque<its_event> &list, const its_event &e)
{
    if (list.size() == kept)
        list.pop_front();
    list.push_back(e);
}

} // namespace

void diary::sink(void *host, const its_event *event)
{
    auto &d = *static_cast<diary *>(host);
    const its_event &e = *event;

    switch (e.kind) {
    case ITS_EV_RD_SEND:
    case ITS_EV_LPI_SET:
    case ITS_EV_LPI_REFILL:
        d.intids_.insert(static_cast<uint32_t>(e.a));
        break;
    case ITS_EV_MSI_ACCEPT:
        keep(d.accepts_, e);
        break;
    case ITS_EV_MSI_DROP:
    case ITS_EV_LPI_DROP:
    case ITS_EV_CMD_ERROR:
    case ITS_EV_CMD_FAULT:
    case ITS_EV_WRITE_LOST:
        keep(d.losses_, e);
        break;
    default:
        break;
    }
}

std::string diary::text(const its_event &event)
{
    char line[ITS_TEXT_BYTES];
    its_text_event(&event, line, sizeof line);
    return line;
}

bool diary::lost_msi(const its_event &loss, uint32_t device, uint32_t event, uint64_t since) const
{
    if (loss.cycle < since)
        return false;
    if (loss.kind == ITS_EV_MSI_DROP)
        return loss.a == device && loss.b == event;
    if (loss.kind != ITS_EV_LPI_DROP)
        return false;
    // A redistributor knows the MSI by its number.
    return std::any_of(accepts_.begin(), accepts_.end(), [&](const its_event &a) {
        return a.ref == loss.ref && a.a == device && a.b == event;
    });
}

std::string diary::why_no_msi(uint32_t device, uint32_t event, uint64_t since) const
{
    auto found = std::find_if(losses_.rbegin(), losses_.rend(), [&](const its_event &loss) {
        return lost_msi(loss, device, event, since);
    });
    return found == losses_.rend() ? "" : text(*found);
}

std::string diary::why_no_lpi(unsigned rd, uint32_t intid) const
{
    auto found = std::find_if(losses_.rbegin(), losses_.rend(), [&](const its_event &loss) {
        return loss.kind == ITS_EV_LPI_DROP && loss.a == intid && loss.c == rd;
    });
    return found == losses_.rend() ? "" : text(*found);
}

std::string diary::last_loss() const
{
    return losses_.empty() ? "" : text(losses_.back());
}

} // namespace replay
