/* SPDX-License-Identifier: MIT */
/*
 * gic_bench.h - a gic500 on a bench, and the software of a usual driver. For tests in plain C++ (no
 * SystemC). The same software drives it in every face.
 */
#ifndef ITSIM_TESTS_GIC_BENCH_H
#define ITSIM_TESTS_GIC_BENCH_H

#include "arch/cmd.h"
#include "gic_board.h"

namespace bench {

class gic : public board {
public:
    bool two_level = false;    /* tables; to be set before bases() */
    bool skips_errors = false; /* run() and consume() step over commands that stall the queue */
    uint32_t queue_bytes = 0x10000; /* a multiple of 4096; to be set before bases() */

    using board::board;

    /* --- tables, queue, redistributors ---------------------------------------------------------- */
    static constexpr uint64_t QUEUE = 0x40000000, DEVICES = 0x41000000, COLLECTIONS = 0x42000000,
                              CONFIG = 0x43000000, PENDING = 0x44000000, ITTS = 0x48000000;

    static constexpr uint64_t DEVICE_PAGE = 0x50000000, COLLECTION_PAGE = 0x51000000;
    static constexpr uint64_t VALID = 1ull << 63;

    /* 64 KB pages. Two-level: the first level-1 entry of each table is valid. */
    uint64_t baser0(unsigned pages = 8) const
    {
        return VALID | uint64_t(two_level) << 62 | DEVICES | 2u << 8 | (pages - 1);
    }
    bool two_level_collections() const { return two_level && profile.collection_indirect; }
    uint64_t baser1() const
    {
        return VALID | uint64_t(two_level_collections()) << 62 | COLLECTIONS | 2u << 8 | 1u;
    }
    uint64_t cbaser() const { return VALID | QUEUE | (queue_bytes / 4096 - 1); }
    void bases()
    {
        if (two_level) {
            mem.data.store(DEVICES, VALID | DEVICE_PAGE, 8);
            if (two_level_collections())
                mem.data.store(COLLECTIONS, VALID | COLLECTION_PAGE, 8);
        }
        write(ITS_FRAME_GITS, 0x100, baser0(), 8);
        if (profile.collection_table)
            write(ITS_FRAME_GITS, 0x108, baser1(), 8);
        write(ITS_FRAME_GITS, 0x80, cbaser(), 8);
        write(ITS_FRAME_GITS, 0x88, 0, 8);
        cwriter_ = 0;
    }
    void lpis(unsigned rd, bool ptz = true)
    {
        write(ITS_FRAME_GICR, 0x14, 0, 4, rd); /* wake the PE */
        for (int i = 0; i < 100 && (read(ITS_FRAME_GICR, 0x14, 4, rd) & 4); i++)
            ;
        write(ITS_FRAME_GICR, 0x70, CONFIG | (profile.intid_bits - 1), 8, rd);
        write(ITS_FRAME_GICR, 0x78, uint64_t(ptz) << 62 | (PENDING + rd * 0x10000ull), 8, rd);
        write(ITS_FRAME_GICR, 0, 1, 4, rd);
    }
    void enable() { write(ITS_FRAME_GITS, 0, 1); }
    void disable() { write(ITS_FRAME_GITS, 0, 0); }
    uint32_t ctlr() { return uint32_t(read(ITS_FRAME_GITS, 0)); }
    /* Returns the cycles from the disable's write to Quiescent, as seen at the state, not by polling. */
    uint64_t quiesce(uint64_t limit = 2000000)
    {
        disable();
        uint64_t from = cycle();
        for (uint64_t i = 0; i < limit; i++) {
            if (look().quiescent)
                return cycle() - from;
            tick();
        }
        throw timeout("never quiescent");
    }
    /* Everything that was mapped is in memory, and in no cache. Events from now on. */
    void empty_caches()
    {
        quiesce();
        enable();
        settle();
        events.clear();
    }
    void boot(unsigned rds = 0)
    {
        if (rds == 0)
            rds = profile.redistributors;
        write(ITS_FRAME_GICD, 0, profile.security ? 0x37 : 0x13);
        mem.data.fill(CONFIG, 1u << profile.intid_bits, 0xa1);
        bases();
        for (unsigned rd = 0; rd < rds; rd++)
            lpis(rd);
        enable();
        for (unsigned rd = 0; rd < rds; rd++)
            mapc(rd, rd);
        run();
    }

    void command(const its_cmd &c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        raw(dw);
    }
    void raw(const uint64_t dw[4])
    {
        uint64_t at = QUEUE + cwriter_;
        for (int i = 0; i < 4; i++)
            mem.data.store(at + 8 * i, dw[i], 8);
        cwriter_ = (cwriter_ + 32) % queue_bytes;
    }
    void publish() { write(ITS_FRAME_GITS, 0x88, cwriter_); }
    /* Publishes and waits until the commands are done with and everything has come to rest. */
    void run()
    {
        publish();
        settle();
        while (skips_errors && look().stalled) {
            skip_command();
            settle();
        }
    }
    /* What a driver may do about a stalled queue: a SYNC in the place of the bad command, Retry. */
    void skip_command()
    {
        uint64_t dw[4] = {ITS_CMD_SYNC, 0, 0, 0};
        for (int i = 0; i < 4; i++)
            mem.data.store(QUEUE + look().creadr + 8 * i, dw[i], 8);
        write(ITS_FRAME_GITS, 0x88, cwriter_ | 1);
    }
    /* Publishes and waits as a driver does, until CREADR says that the commands are done with. */
    void consume(uint64_t limit = 2000000)
    {
        publish();
        for (uint64_t i = 0; look().creadr != cwriter_; i++) {
            if (i == limit)
                throw timeout("CREADR does not reach CWRITER");
            if (skips_errors && look().stalled)
                skip_command();
            tick();
        }
    }
    uint32_t cwriter() const { return cwriter_; }
    void cwriter(uint32_t v) { cwriter_ = v; }

    its_cmd op(uint8_t opcode)
    {
        its_cmd c{};
        c.opcode = opcode;
        return c;
    }
    uint64_t itt(uint32_t device) const { return ITTS + device * 0x4000ull; }
    void mapd(uint32_t device, unsigned bits = 5, bool valid = true, uint64_t itt_addr = 0)
    {
        its_cmd c = op(ITS_CMD_MAPD);
        c.device = device;
        c.size = uint8_t(bits - 1);
        c.itt = itt_addr ? itt_addr : itt(device);
        c.valid = valid;
        command(c);
    }
    void mapc(uint32_t icid, uint32_t rd, bool valid = true)
    {
        its_cmd c = op(ITS_CMD_MAPC);
        c.icid = uint16_t(icid);
        c.rdbase = rd;
        c.valid = valid;
        command(c);
    }
    void mapti(uint32_t device, uint32_t event, uint32_t intid, uint32_t icid)
    {
        its_cmd c = op(ITS_CMD_MAPTI);
        c.device = device;
        c.event = event;
        c.intid = intid;
        c.icid = uint16_t(icid);
        command(c);
    }
    void movi(uint32_t device, uint32_t event, uint32_t icid)
    {
        its_cmd c = op(ITS_CMD_MOVI);
        c.device = device;
        c.event = event;
        c.icid = uint16_t(icid);
        command(c);
    }
    void event(uint8_t opcode, uint32_t device, uint32_t ev)
    {
        its_cmd c = op(opcode);
        c.device = device;
        c.event = ev;
        command(c);
    }
    void sync(uint32_t rd)
    {
        its_cmd c = op(ITS_CMD_SYNC);
        c.rdbase = rd;
        command(c);
    }
    void invall(uint32_t icid)
    {
        its_cmd c = op(ITS_CMD_INVALL);
        c.icid = uint16_t(icid);
        command(c);
    }
    void movall(uint32_t from, uint32_t to)
    {
        its_cmd c = op(ITS_CMD_MOVALL);
        c.rdbase = from;
        c.rdbase2 = to;
        command(c);
    }

    /* --- the bench and where the queue ends ----------------------------------------------------- */
    void reset(uint64_t edges = 1)
    {
        this->board::reset(edges);
        cwriter_ = 0;
    }
    struct snapshot {
        board::snapshot of_board;
        uint32_t cwriter;
    };
    snapshot save() const { return {board::save(), cwriter_}; }
    void load(const snapshot &s)
    {
        board::load(s.of_board);
        cwriter_ = s.cwriter;
    }

private:
    uint32_t cwriter_ = 0;
};

} // namespace bench

#endif
