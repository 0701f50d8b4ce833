// SPDX-License-Identifier: MIT
// rig.h - a gic500 with memory and one bus, and the software of a usual driver, for the tests here.
#ifndef ITSIM_TESTS_TLM_RIG_H
#define ITSIM_TESTS_TLM_RIG_H

#define SC_INCLUDE_DYNAMIC_PROCESSES

#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <vector>

#include "arch/cmd.h"
#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"
#include "reports.h"
#include "watch/text.h"

namespace rig {

using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

const sc_time ns(1, sc_core::SC_NS);

// A transaction with its data, for b_transport.
struct transfer {
    tlm::tlm_generic_payload trans;
    std::vector<unsigned char> data;

    transfer(bool write, uint64_t address, unsigned bytes, uint64_t value = 0) : data(bytes)
    {
        for (unsigned i = 0; i < bytes && i < 8; i++)
            data[i] = static_cast<unsigned char>(value >> (8 * i));
        trans.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        trans.set_address(address);
        trans.set_data_ptr(data.data());
        trans.set_data_length(bytes);
        trans.set_streaming_width(bytes);
        trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }
    transfer(const transfer &) = delete;
    uint64_t value() const
    {
        uint64_t v = 0;
        for (size_t i = 0; i < data.size() && i < 8; i++)
            v |= static_cast<uint64_t>(data[i]) << (8 * i);
        return v;
    }
    tlm::tlm_response_status status() const { return trans.get_response_status(); }
};

template <unsigned WIDTH = 32>
class soc : public sc_core::sc_module {
public:
    static constexpr uint64_t queue = 0x40000000, devices = 0x41000000, collections = 0x42000000,
                              config = 0x43000000, pending_tables = 0x44000000, itts = 0x48000000;

    its::gic500<WIDTH> gic{"gic"};
    its::memory<64> ram{"ram"};
    tlm_utils::simple_initiator_socket<soc, WIDTH> bus{"bus"};
    std::vector<its_event> events;
    std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload &, tlm::tlm_phase &, sc_time &)>
        backward;

    explicit soc(const sc_core::sc_module_name &name = "soc", bool bind_memory = true)
        : sc_module(name)
    {
        bus.bind(gic.s_axi);
        bus.register_nb_transport_bw(this, &soc::nb_transport_bw);
        if (bind_memory)
            gic.m_axi.bind(ram.socket);
        ram.add_ram(0x40000000, 0x20000000);
        ram.set_latency(10 * ns);
        gic.listen(
            [](void *host, const its_event *e) { static_cast<soc *>(host)->events.push_back(*e); },
            this);
    }

    // Runs `body` in a thread until it returns.
    void simulate(const std::function<void()> &body)
    {
        bool finished = false;
        sc_core::sc_spawn([&] {
            body();
            finished = true;
            sc_core::sc_pause();
        });
        sc_core::sc_start();
        EXPECT_TRUE(finished) << "the test's thread hangs";
    }

    tlm::tlm_response_status transport(transfer &a)
    {
        sc_time delay;
        bus->b_transport(a.trans, delay);
        if (delay != SC_ZERO_TIME)
            sc_core::wait(delay);
        return a.status();
    }

    uint64_t at(its_frame frame, uint32_t offset, unsigned rd = 0) const
    {
        return its_map_address(&gic.profile(), frame, rd, offset);
    }
    void write(its_frame frame, uint32_t offset, uint64_t value, unsigned bytes = 4,
               unsigned rd = 0)
    {
        transfer a(true, at(frame, offset, rd), bytes, value);
        EXPECT_EQ(transport(a), tlm::TLM_OK_RESPONSE);
    }
    uint64_t read(its_frame frame, uint32_t offset, unsigned bytes = 4, unsigned rd = 0)
    {
        transfer a(false, at(frame, offset, rd), bytes);
        EXPECT_EQ(transport(a), tlm::TLM_OK_RESPONSE);
        return a.value();
    }
    tlm::tlm_response_status msi(uint32_t device, uint32_t event, bool bufferable = false)
    {
        transfer a(true, at(ITS_FRAME_TRANSLATION, 0x40), 4, event);
        a.trans.set_extension(new its::device_id_ext(device)); // freed with the transaction
        a.trans.set_extension(new its::attributes_ext({true, false, bufferable}));
        return transport(a);
    }

    // Tables, redistributors, ITS on, collection n at redistributor n.
    void boot()
    {
        const its_profile &p = gic.profile();
        write(ITS_FRAME_GICD, 0, p.security ? 0x37 : 0x13);
        ram.fill(config, UINT64_C(1) << p.intid_bits, 0xa1);
        write(ITS_FRAME_GITS, 0x100, UINT64_C(1) << 63 | devices | 2u << 8 | 7u, 8);
        if (p.collection_table)
            write(ITS_FRAME_GITS, 0x108, UINT64_C(1) << 63 | collections | 2u << 8 | 1u, 8);
        write(ITS_FRAME_GITS, 0x80, UINT64_C(1) << 63 | queue | 15u, 8);
        write(ITS_FRAME_GITS, 0x88, 0, 8);
        cwriter_ = 0;
        for (unsigned rd = 0; rd < p.redistributors; rd++) {
            write(ITS_FRAME_GICR, 0x14, 0, 4, rd);
            write(ITS_FRAME_GICR, 0x70, config | (p.intid_bits - 1), 8, rd);
            write(ITS_FRAME_GICR, 0x78, UINT64_C(1) << 62 | (pending_tables + rd * 0x10000u), 8,
                  rd);
            write(ITS_FRAME_GICR, 0, 1, 4, rd);
        }
        write(ITS_FRAME_GITS, 0, 1);
        for (unsigned rd = 0; rd < p.redistributors; rd++)
            mapc(rd, rd);
        consume();
    }
    void command(const its_cmd &c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        ram.store(queue + cwriter_, dw, sizeof dw);
        cwriter_ = (cwriter_ + ITS_CMD_BYTES) % 0x10000u;
    }
    void mapc(uint32_t icid, unsigned rd)
    {
        its_cmd c{};
        c.opcode = ITS_CMD_MAPC;
        c.icid = static_cast<uint16_t>(icid);
        c.rdbase = rd;
        c.valid = true;
        command(c);
    }
    void mapd(uint32_t device)
    {
        its_cmd c{};
        c.opcode = ITS_CMD_MAPD;
        c.device = device;
        c.size = 4;
        c.itt = itts + device * 0x1000u;
        c.valid = true;
        command(c);
    }
    void mapti(uint32_t device, uint32_t event, uint32_t intid, uint32_t icid)
    {
        its_cmd c{};
        c.opcode = ITS_CMD_MAPTI;
        c.device = device;
        c.event = event;
        c.intid = intid;
        c.icid = static_cast<uint16_t>(icid);
        command(c);
    }
    void sync(unsigned rd)
    {
        its_cmd c{};
        c.opcode = ITS_CMD_SYNC;
        c.rdbase = rd;
        command(c);
    }
    // Publishes the commands and waits until they are done with.
    void consume()
    {
        write(ITS_FRAME_GITS, 0x88, cwriter_);
        for (unsigned i = 0; read(ITS_FRAME_GITS, 0x90) != cwriter_; i++) {
            if (i == 10000) {
                ADD_FAILURE() << "CREADR does not reach CWRITER";
                return;
            }
        }
    }
    void settle()
    {
        for (unsigned i = 0; !gic.look().idle; i++) {
            if (i == 1000000) {
                ADD_FAILURE() << "does not settle";
                return;
            }
            sc_core::wait(ns);
        }
    }
    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }
    std::string event_text() const
    {
        std::string all;
        char line[ITS_TEXT_BYTES];
        for (const its_event &e : events) {
            its_text_event(&e, line, sizeof line);
            all += std::string(line) + "\n";
        }
        return all;
    }

private:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                       sc_time &delay)
    {
        return backward(trans, phase, delay);
    }

    uint32_t cwriter_ = 0;
};

} // namespace rig

#endif
