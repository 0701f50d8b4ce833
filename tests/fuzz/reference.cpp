/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <cstring>

#include "input.h"

namespace fuzz {

static constexpr uint64_t SOMEBODY_ELSE = ~uint64_t(0);

void reference::create(const its_profile &profile)
{
    profile_ = profile;
    facts_ = {};
    facts_.profile = &profile_;
    reset();
}

void reference::reset()
{
    good = false;
    for (auto &h : hardware_)
        h = {};
}

void reference::begin(uint64_t baser0, uint64_t baser1, const ram &truth)
{
    facts_.profile = &profile_;
    facts_.device = its_table_from_baser(baser0, its_entry_stride(&profile_, ITS_ENTRY_DTE));
    facts_.collection = its_table_from_baser(
        profile_.collection_table ? baser1 : 0,
        profile_.collection_table ? its_entry_stride(&profile_, ITS_ENTRY_CTE) : 0);
    memory.copy(truth);
    owner_.clear();
    written_.clear();
    dead_.clear();
    good = !memory.full;
}

/* --- deciding ----------------------------------------------------------------------------------- */

/* Whose bytes an entry's are: entries in the same bytes have no defined value. */
static uint64_t owner_of(const its_verdict &v)
{
    uint64_t kind = uint64_t(v.what) << 61;
    if (v.what == ITS_ENTRY_DEVICE_L1 || v.what == ITS_ENTRY_COLLECTION_L1)
        return kind | v.address;
    return (kind | uint64_t(v.device) << 27) ^ v.event;
}

void reference::learn(const its_verdict &v, its_operands &known)
{
    auto kind = its_entry_kind(v.what);
    its_entry &value = known.value[v.operand];

    known.address[v.operand] = 0;
    known.state[v.operand] = ITS_HELD;
    if (in_hardware(v)) {
        value = hardware_[v.event];
    } else if (v.fetch) {
        unsigned bytes = its_entry_bytes(&profile_, kind);
        claim(v.address, bytes, owner_of(v));
        known.address[v.operand] = v.address;
        value = its_entry_unpack(&profile_, kind, memory.load(v.address, bytes));
    } else {
        known.state[v.operand] = ITS_MISSED;
    }
}

its_verdict reference::decide(const its_request &rq)
{
    its_operands known;
    its_verdict v;

    facts_.profile = &profile_;
    std::memset(&known, 0, sizeof known);
    its_decide(&facts_, &rq, &known, &v);
    while (v.kind == ITS_VERDICT_NEED) {
        learn(v, known);
        its_decide(&facts_, &rq, &known, &v);
    }
    return v;
}

its_verdict reference::ask(const uint64_t dw[ITS_CMD_WORDS])
{
    its_request rq{};
    rq.cmd = its_cmd_unpack(dw);
    return decide(rq);
}

its_verdict reference::msi(uint32_t device, uint32_t event)
{
    its_request rq{};
    rq.msi = true;
    rq.cmd.device = device;
    rq.cmd.event = event;
    return decide(rq);
}

its_verdict reference::command(const uint64_t dw[ITS_CMD_WORDS])
{
    its_verdict v = ask(dw);
    if (v.kind == ITS_VERDICT_DO && v.write)
        write(v);
    return v;
}

/* --- effects ------------------------------------------------------------------------------------ */

void reference::write(const its_verdict &v)
{
    auto kind = its_entry_kind(v.what);

    if (in_hardware(v)) {
        hardware_[v.event] = v.entry;
        return;
    }
    unsigned bytes = its_entry_bytes(&profile_, kind);
    claim(v.address, bytes, owner_of(v));
    if (kind == ITS_ENTRY_DTE)
        map_device(its_entry_unpack(&profile_, kind, memory.load(v.address, bytes)), v.entry);
    memory.store(v.address, its_entry_pack(&profile_, kind, &v.entry), bytes);
    written_.push_back({v.address, v.what});
}

/* Unmapping drops what only a cache knew of the ITT: it must be zeroed before it is used again. */
void reference::map_device(const its_entry &old, const its_entry &now)
{
    uint64_t stride = its_entry_stride(&profile_, ITS_ENTRY_ITE);

    if (now.valid && dead(now.address, stride << (now.size + 1u)))
        good = false;
    if (old.valid && !now.valid)
        dead_.push_back({old.address, stride << (old.size + 1u)});
}

bool reference::dead(uint64_t address, uint64_t bytes) const
{
    for (const range &r : dead_)
        if (address < r.base + r.bytes && r.base < address + bytes)
            return true;
    return false;
}

void reference::claim(uint64_t address, unsigned bytes, uint64_t owner)
{
    for (uint64_t a = address & ~uint64_t(1); a < address + bytes; a += 2) {
        auto known = owner_.emplace(a, owner);
        if (!known.second && known.first->second != owner)
            good = false;
    }
}

void reference::other_write(uint64_t address, unsigned bytes)
{
    claim(address, bytes, SOMEBODY_ELSE);
}

/* --- judging ------------------------------------------------------------------------------------ */

void reference::its_write(uint64_t address, its_entry_kind kind)
{
    written_.push_back({address, uint8_t(kind)});
}

static bool same(const its_entry &a, const its_entry &b)
{
    return a.valid == b.valid && (!a.valid || (a.address == b.address && a.intid == b.intid &&
                                               a.target == b.target && a.size == b.size));
}

void reference::compare(const ram &truth) const
{
    for (const place &p : written_) {
        auto kind = its_entry_kind(p.kind);
        unsigned bytes = its_entry_bytes(&profile_, kind);
        if (dead(p.address, bytes))
            continue;
        its_entry is = its_entry_unpack(&profile_, kind, truth.load(p.address, bytes));
        its_entry shall = its_entry_unpack(&profile_, kind, memory.load(p.address, bytes));
        if (!same(is, shall))
            fail("%s at 0x%llx: valid %d target %u intid %u address 0x%llx size %u in memory, "
                 "expected valid %d target %u intid %u address 0x%llx size %u",
                 its_entry_name(kind), (unsigned long long)p.address, is.valid, is.target, is.intid,
                 (unsigned long long)is.address, is.size, shall.valid, shall.target, shall.intid,
                 (unsigned long long)shall.address, shall.size);
        if (owner_.find(p.address & ~uint64_t(1)) == owner_.end())
            fail("the ITS wrote 0x%llx, where no %s is", (unsigned long long)p.address,
                 its_entry_name(kind));
    }
}

} // namespace fuzz
