// SPDX-License-Identifier: MIT
// player.cpp - one function an op; see docs/trace-format.md.
#include "player.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace replay {

namespace {

constexpr uint32_t first_lpi = 8192;
constexpr uint32_t frame_bytes = 0x10000;

std::string hex(uint64_t value)
{
    char text[24];
    std::snprintf(text, sizeof text, "0x%" PRIx64, value);
    return text;
}

std::string name_of(const std::pair<unsigned, uint32_t> &lpi)
{
    return "LPI " + std::to_string(lpi.second) + " at redistributor " + std::to_string(lpi.first);
}

std::string hex(const std::vector<uint8_t> &bytes)
{
    std::string all;
    char text[4];
    for (uint8_t b : bytes) {
        std::snprintf(text, sizeof text, "%02x", b);
        all += text;
    }
    return all;
}

std::string list(const std::set<uint32_t> &intids)
{
    constexpr size_t most = 16;
    std::string all;
    size_t n = 0;
    for (uint32_t intid : intids) {
        if (n++ == most)
            return all + " and " + std::to_string(intids.size() - most) + " more";
        all += (all.empty() ? "" : ", ") + std::to_string(intid);
    }
    return all.empty() ? "none" : all;
}

std::string because(const std::string &event)
{
    return event.empty() ? "" : "; lost here: " + event;
}

// The LPIs that became pending; nothing when none did.
std::string instead(const std::set<std::pair<unsigned, uint32_t>> &before,
                    const std::set<std::pair<unsigned, uint32_t>> &after)
{
    std::string all;
    for (const auto &lpi : after)
        if (!before.count(lpi))
            all.append(all.empty() ? "; became pending instead: " : ", ").append(name_of(lpi));
    return all;
}

} // namespace

reg reg_of(const place &at)
{
    switch (at.frame) {
    case frame::gits:
        return {ITS_FRAME_GITS, at.offset};
    case frame::translation:
        return {ITS_FRAME_TRANSLATION, at.offset};
    case frame::gicd:
        return {ITS_FRAME_GICD, at.offset};
    case frame::gicr:
        break;
    }
    bool sgi = at.offset >= frame_bytes;
    return {sgi ? ITS_FRAME_GICR_SGI : ITS_FRAME_GICR, at.offset % frame_bytes, at.redistributor};
}

player::player(const trace &t, bench &b, const diary &d, its_counters &counters)
    : trace_(t), bench_(b), diary_(d), counters_(counters)
{
    for (const range &r : t.begin.ram)
        b.ram().add_ram(r.base, r.size);
    for (const op &o : t.ops) {
        if (auto *m = std::get_if<msi_op>(&o.what); m && m->expect && *m->expect)
            named_.insert((*m->expect)->intid);
        if (auto *p = std::get_if<pending_op>(&o.what))
            named_.insert(p->intids.begin(), p->intids.end());
        if (auto *a = std::get_if<ack_op>(&o.what))
            named_.insert(a->expect.intid);
    }
}

player::~player()
{
    if (quiet_)
        bench_.ram().watch({});
}

void player::fail(const std::string &what) const
{
    throw mismatch(trace_.file + ":" + std::to_string(line_) + ": " + what + " (cycle " +
                   std::to_string(bench_.cycle()) + ")");
}

bool player::play()
{
    try {
        for (size_t i = 0; i < trace_.ops.size(); i++) {
            const op &o = trace_.ops[i];
            progress_(i);
            check_stop();
            line_ = o.line;
            std::visit([this](const auto &what) { run(what); }, o.what);
            tally_.ops++;
            check_quiet();
        }
    } catch (const ended &) {
        return false;
    }
    return true;
}

void player::check_stop()
{
    if (stop_())
        throw ended{};
}

void player::check_quiet()
{
    if (!broken_quiet_.empty())
        fail("quiet: the ITS must not access memory, but it " + broken_quiet_);
}

void player::settle()
{
    bool settled = bench_.settle(limit_);
    check_stop();
    check_quiet();
    if (!settled)
        fail("there is still work to do after " + std::to_string(limit_) + " cycles");
}

void player::run(const fill_op &o)
{
    bench_.ram().fill(o.addr, o.length, o.byte);
}

void player::run(const poke_op &o)
{
    bench_.ram().store(o.addr, o.bytes.data(), o.bytes.size());
}

void player::run(const peek_op &o)
{
    std::vector<uint8_t> seen(o.bytes.size());

    bench_.ram().load(o.addr, seen.data(), seen.size());
    for (size_t i = 0; i < seen.size(); i++)
        if ((seen[i] ^ o.bytes[i]) & o.mask[i])
            fail("peek: memory at " + hex(o.addr + i) + " must hold " +
                 hex(std::vector<uint8_t>(o.bytes.begin() + static_cast<long>(i),
                                          o.bytes.begin() +
                                              static_cast<long>(std::min(i + 8, seen.size())))) +
                 ", holds " +
                 hex(std::vector<uint8_t>(seen.begin() + static_cast<long>(i),
                                          seen.begin() +
                                              static_cast<long>(std::min(i + 8, seen.size())))));
}

void player::run(const write_op &o)
{
    if (!bench_.write(reg_of(o.at), o.value, o.at.size))
        tally_.refused++;
}

std::optional<uint64_t> player::value_at(const place &at)
{
    uint64_t value;
    if (bench_.read(reg_of(at), value, at.size))
        return value;
    tally_.refused++;
    return {};
}

void player::run(const read_op &o)
{
    uint64_t start = bench_.cycle();
    uint64_t step = 1;

    for (;;) {
        std::optional<uint64_t> seen = value_at(o.at);
        if (!o.value || (seen && ((*seen ^ *o.value) & o.mask) == 0))
            return;
        check_stop();
        uint64_t waited = bench_.cycle() - start;
        if (!o.poll || waited >= limit_ || !bench_.run(step))
            fail("read: " + name_of(o.at) + " offset " + hex(o.at.offset) + " must be " +
                 hex(*o.value) + " where the mask " + hex(o.mask) + " is 1, " +
                 (seen ? "is " + hex(*seen) : "answers with a bus error") +
                 (o.poll ? " after " + std::to_string(waited) + " cycles of polling" : "") +
                 because(diary_.last_loss()));
        step = std::min<uint64_t>(2 * step, 64);
    }
}

player::lpi_set player::pending_now()
{
    lpi_set all;
    std::set<uint32_t> intids = named_;

    // What the trace does not name can only have come by a message.
    intids.insert(diary_.intids().begin(), diary_.intids().end());
    for (unsigned rd = 0; rd < bench_.gic().profile().redistributors; rd++)
        for (uint32_t intid : intids)
            if (bench_.gic().pending(rd, intid))
                all.insert({rd, intid});
    return all;
}

void player::run(const msi_op &o)
{
    lpi_set before;
    if (o.expect) {
        settle();
        before = pending_now();
    }
    uint64_t start = bench_.cycle();
    tally_.msis++;
    if (!bench_.msi(o.device, o.event))
        tally_.refused++;
    if (!o.expect)
        return;
    settle();
    expect_change(o, before, pending_now(), diary_.why_no_msi(o.device, o.event, start));
}

void player::expect_change(const msi_op &o, const lpi_set &before, const lpi_set &after,
                           const std::string &why)
{
    lpi_set expected = before;
    std::string who = "msi from device " + hex(o.device) + " event " + hex(o.event) + ": ";

    if (*o.expect)
        expected.insert({(*o.expect)->redistributor, (*o.expect)->intid});
    for (const auto &lpi : expected)
        if (!after.count(lpi))
            fail(who + name_of(lpi) + " must be pending, is not" + instead(before, after) +
                 because(why));
    for (const auto &lpi : after)
        if (!expected.count(lpi))
            fail(who + name_of(lpi) + " became pending, " +
                 (*o.expect ? "must not" : "no LPI may change"));
}

void player::run(const run_op &o)
{
    if (!bench_.run(o.cycles))
        fail("run: simulated time ends before");
}

void player::run(const settle_op &)
{
    settle();
}

void player::run(const pending_op &o)
{
    std::set<uint32_t> expected(o.intids.begin(), o.intids.end());
    std::set<uint32_t> seen, missing, extra;

    settle();
    uint32_t end = UINT32_C(1) << bench_.gic().profile().intid_bits;
    for (uint32_t intid = first_lpi; intid < end; intid++)
        if (bench_.gic().pending(o.redistributor, intid))
            seen.insert(intid);
    if (seen == expected)
        return;
    std::set_difference(expected.begin(), expected.end(), seen.begin(), seen.end(),
                        std::inserter(missing, missing.end()));
    std::set_difference(seen.begin(), seen.end(), expected.begin(), expected.end(),
                        std::inserter(extra, extra.end()));
    std::string why;
    if (!missing.empty())
        why = diary_.why_no_lpi(o.redistributor, *missing.begin());
    fail("pending: at redistributor " + std::to_string(o.redistributor) + " must be " +
         list(expected) + "; not pending: " + list(missing) + "; pending as well: " + list(extra) +
         because(why.empty() && !missing.empty() ? diary_.last_loss() : why));
}

void player::run(const ack_op &o)
{
    settle();
    uint32_t intid = bench_.acknowledge(o.expect.redistributor);
    if (intid == o.expect.intid) {
        tally_.acknowledged++;
        return;
    }
    std::string why = diary_.why_no_lpi(o.expect.redistributor, o.expect.intid);
    fail("ack: redistributor " + std::to_string(o.expect.redistributor) + " must deliver LPI " +
         std::to_string(o.expect.intid) + ", " +
         (intid == GIC500_SPURIOUS ? "has none to deliver" : "delivers " + std::to_string(intid)) +
         because(why.empty() ? diary_.last_loss() : why));
}

void player::run(const resetn_op &o)
{
    bench_.reset(o.cycles);
}

void player::run(const bus_op &o)
{
    bench_.ram().fault(o.window.base, o.window.size, o.fault);
}

void player::run(const quiet_op &o)
{
    quiet_ = o.on;
    if (!quiet_) {
        bench_.ram().watch({});
        return;
    }
    bench_.ram().watch([this](its::memory_base::requester who, bool write, uint64_t address,
                              unsigned bytes) {
        if (who == its::memory_base::from_its && broken_quiet_.empty())
            broken_quiet_ =
                (write ? "wrote " : "read ") + std::to_string(bytes) + " bytes at " + hex(address);
    });
}

void player::run(const stats_op &o)
{
    its_counters_settle(&counters_, bench_.cycle());
    for (const auto &[name, limits] : o.counters) {
        uint64_t value;
        if (!its_counters_named(&counters_, name.c_str(), &value))
            fail("stats: no counter is called \"" + name + "\"");
        if (value < limits.min)
            fail("stats: " + name + " must be at least " + std::to_string(limits.min) + ", is " +
                 std::to_string(value));
        if (value > limits.max)
            fail("stats: " + name + " must be at most " + std::to_string(limits.max) + ", is " +
                 std::to_string(value));
    }
}

} // namespace replay
