/* SPDX-License-Identifier: MIT */
/*
 * decide_world.h - memory, tables and a caller for the tests of its_decide().
 *
 * A World is a profile, two tables as GITS_BASER would describe them, sparse memory (zero where
 * nothing was written), hardware collections and bus faults. It answers what its_decide() needs as a
 * cache-less caller, as one that always looks first, and with any set of lines held in a cache, and
 * demands the same verdict each time. Addresses are worked out here a second time, from the table
 * structures of the Arm GIC Architecture Specification (IHI 0069), and every read is compared.
 */
#ifndef ITSIM_TESTS_UNIT_DECIDE_WORLD_H
#define ITSIM_TESTS_UNIT_DECIDE_WORLD_H

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arch/decide.h"

namespace decide_test {

/* Replays: seven operands, each looked up and fetched at most once, and the answer. */
constexpr unsigned MAX_ASKS = 16;

struct Table {
    uint64_t base = 0;
    uint32_t page_bytes = 4096;
    uint32_t pages = 1;
    uint32_t stride = 8;
    bool indirect = false;
    bool valid = false;

    uint64_t per_page() const { return page_bytes / stride; }
    uint64_t entries() const;
};

/* One entry a cache holds. Level-1 entries are found by their address, the others by key. */
struct Line {
    its_entry_kind what;
    uint32_t device;
    uint32_t event;
    uint64_t address;
    its_entry value;
};

/* Entries by kind. */
its_entry dte(uint64_t itt, uint8_t size);
its_entry ite(uint32_t intid, uint16_t icid);
its_entry cte(uint16_t rd);
its_entry invalid();

/* Requests by name. */
its_request mapd(uint32_t device, uint8_t size, uint64_t itt, bool valid = true);
its_request mapc(uint16_t icid, uint64_t rdbase, bool valid = true);
its_request mapti(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid);
its_request mapi(uint32_t device, uint32_t event, uint16_t icid);
its_request movi(uint32_t device, uint32_t event, uint16_t icid);
its_request movall(uint64_t from, uint64_t to);
its_request invall(uint16_t icid);
its_request sync(uint64_t rdbase);
its_request event_command(its_opcode opcode, uint32_t device, uint32_t event);
its_request raw(uint8_t opcode);
its_request msi(uint32_t device, uint32_t event);

/* A final verdict. Only what the kind and its effects give meaning to is compared. */
struct Expect {
    its_verdict_kind kind = ITS_VERDICT_DO;
    uint32_t code = 0;
    its_drop drop = ITS_DROP_NONE;
    its_scan scan = ITS_SCAN_NONE;
    its_rd_message message = ITS_RD_NONE;
    uint32_t intid = 0;
    uint16_t rd = 0;
    uint16_t rd2 = 0;
    bool write = false;
    its_entry_kind what = ITS_ENTRY_DTE;
    std::optional<uint64_t> address; /* none: hardware collection */
    uint32_t device = 0;
    uint32_t event = 0;
    its_entry entry = {};

    Expect scans(its_scan how, uint32_t of_device) const;
    Expect sends(its_rd_message text, uint16_t to, uint32_t about = 0, uint16_t second = 0) const;
    Expect writes_dte(std::optional<uint64_t> at, uint32_t of_device, its_entry value) const;
    Expect writes_ite(std::optional<uint64_t> at, uint32_t of_device, uint32_t of_event,
                      its_entry value) const;
    Expect writes_cte(std::optional<uint64_t> at, uint16_t icid, its_entry value) const;
};

Expect done(); /* DO; without further effects: success, nothing happens */
Expect error(uint32_t code);
Expect fault();
Expect drop(its_drop reason);

std::string describe(const its_verdict &verdict);

/* Empty when the verdict is what was expected, else the difference in words. */
std::string difference(const Expect &expect, const its_verdict &verdict);

/*
 * Empty when the verdict keeps the rules of decide.h, whatever it decides: a legal kind, a need that
 * is new, effects that belong to the opcode, values in range. Else the broken rule in words.
 */
std::string broken_rule(const its_facts &facts, const its_request &request,
                        const its_operands &known, const its_verdict &verdict);

struct Answer {
    its_verdict verdict;
    unsigned asks;
    std::vector<uint64_t> reads; /* addresses fetched, in order */
    std::vector<Line> lines;     /* what a cache might keep of them */
    std::string problem;         /* empty unless a rule was broken on the way */
};

class World {
public:
    explicit World(const char *preset);

    its_profile profile;
    Table device;
    Table collection;
    std::map<uint64_t, uint64_t> memory;
    std::map<uint32_t, its_entry> hardware; /* collections below hcc */
    std::set<uint64_t> faults;
    std::vector<Line> held; /* what the cache of ask() knows */
    uint64_t noise = 0; /* not 0: memory never written reads as noise, one word in 16 as a fault */

    /* What most tests use: one mapped event and a second mapped collection. */
    uint32_t dev = 0x123;
    uint32_t evt = 9000;
    uint32_t intid = 8300;
    uint64_t itt = UINT64_C(0x0000a1b200000000);
    uint8_t size = 13;
    uint16_t icid = 6;
    uint16_t icid2 = 300;
    uint16_t rd = 1;
    uint16_t rd2 = 3;

    its_facts facts() const;
    uint64_t collections() const; /* ICIDs below this are in range of the tables */

    /* Where an entry lies, if the tables lead there. Level-1 and DTE by device, ITE by both, collection
     * level-1 and CTE by event (the ICID). Held lines are believed before memory is. */
    std::optional<uint64_t> address(its_entry_kind what, uint32_t of_device,
                                    uint32_t of_event) const;
    uint64_t l1(uint32_t of_device) const;
    uint64_t dte_at(uint32_t of_device) const;
    uint64_t ite_at(uint32_t of_device, uint32_t of_event) const;
    uint64_t collection_l1(uint16_t of_icid) const;
    uint64_t cte_at(uint16_t of_icid) const;

    void put(its_entry_kind what, uint64_t at, its_entry value);
    void put_level1(uint64_t at, uint64_t page, bool valid = true);
    void map_device(uint32_t which, uint64_t at, uint8_t bits_minus_1);
    void map_event(uint32_t of_device, uint32_t which, uint32_t to_intid, uint16_t to_icid);
    void set_collection(uint16_t which, its_entry value);
    void map_everything();

    Answer ask(const its_request &request, bool look_first = false) const;

    /* Asks in every way a caller may and compares with what is expected. */
    testing::AssertionResult decides(const its_request &request, const Expect &expect) const;

private:
    uint64_t next_page_ = UINT64_C(0x500000000);

    its_entry read(its_entry_kind what, uint64_t at) const;
    its_entry level1(its_entry_kind what, uint64_t at) const;
    bool faulty(uint64_t at) const;
    const Line *find(const its_verdict &need) const;
    const Line *find_line(its_entry_kind what, uint32_t of_device, uint32_t of_event) const;
    void ensure_page(its_entry_kind what, const Table &table, uint64_t id);
    std::string check_read(const its_verdict &need) const;
};

World two_level();     /* device and collection table in two levels, 4 KB pages */
World flat();          /* both flat, 4 KB pages */
World hardware_only(); /* preset gic500: no collection table */
World mixed();         /* hardware collections 0..2 and, counted after them, a two-level table */

} // namespace decide_test

#endif
