/* SPDX-License-Identifier: MIT */
/*
 * reference.h - what the tables must hold and every MSI must find: its_decide() over a memory of its
 * own, with no cache and no time, fed with the commands in the order in which they were carried out.
 *
 * Software may break the rules under which that is determined: two entries in the same bytes, an ITT
 * used again without zeroing it, tables edited while the ITS is on. Then `good` becomes false until
 * the ITS is switched on the next time.
 */
#ifndef ITSIM_TESTS_FUZZ_REFERENCE_H
#define ITSIM_TESTS_FUZZ_REFERENCE_H

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "arch/decide.h"
#include "ram.h"

namespace fuzz {

class reference {
public:
    bool good = false;
    ram memory;

    void create(const its_profile &profile);

    /* resetn: the hardware collections are gone, and nobody knows what reached memory. */
    void reset();

    /* The ITS goes ON with these GITS_BASER values: memory is the truth. */
    void begin(uint64_t baser0, uint64_t baser1, const ram &truth);

    /* A command as it was fetched; what it does is done. */
    its_verdict command(const uint64_t dw[ITS_CMD_WORDS]);
    /* What it would do. */
    its_verdict ask(const uint64_t dw[ITS_CMD_WORDS]);
    its_verdict msi(uint32_t device, uint32_t event);

    /* Somebody who is not the ITS writes memory while the ITS is not OFF. */
    void other_write(uint64_t address, unsigned bytes);
    /* The ITS was seen writing an entry of this kind. */
    void its_write(uint64_t address, its_entry_kind kind);

    /* Throws unless memory decodes as the reference does, wherever either of them wrote. */
    void compare(const ram &truth) const;

    const its_entry &hardware(uint32_t icid) const { return hardware_[icid]; }

private:
    struct place {
        uint64_t address;
        uint8_t kind;
    };
    struct range {
        uint64_t base, bytes;
    };

    its_verdict decide(const its_request &rq);
    void learn(const its_verdict &v, its_operands &known);
    void write(const its_verdict &v);
    void map_device(const its_entry &old, const its_entry &now);
    void claim(uint64_t address, unsigned bytes, uint64_t owner);
    bool dead(uint64_t address, uint64_t bytes) const;
    bool in_hardware(const its_verdict &v) const
    {
        return v.what == ITS_ENTRY_CTE && v.event < profile_.hcc;
    }

    its_profile profile_{};
    its_facts facts_{};
    its_entry hardware_[256] = {};
    std::unordered_map<uint64_t, uint64_t> owner_; /* of each two bytes of memory */
    std::vector<place> written_;
    std::vector<range> dead_; /* ITTs of devices no longer mapped: their contents are unknown */
};

} // namespace fuzz

#endif
