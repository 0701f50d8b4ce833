// SPDX-License-Identifier: MIT
// main.cpp - two platforms, one with a slave port of 32 bits and one with 64. In each, software does
// what a driver does at boot, a device sends an MSI, and a CPU takes the LPI. Exit code 0: both
// arrived. CMakeLists.txt builds it, or one line:
//
//   c++ -std=c++17 main.cpp $(pkg-config --cflags --libs itsim-tlm)
#include <cstdio>
#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include "arch/cmd.h"
#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"

// Where software puts the command queue, the tables and the LPIs' configuration.
constexpr uint64_t RAM = 0x80000000, QUEUE = RAM, DEVICES = RAM + 0x10000, ITT = RAM + 0x20000,
                   CONFIG = RAM + 0x30000, PENDING = RAM + 0x40000;
constexpr uint32_t DEVICE = 42, EVENT = 3, LPI = 8199;
constexpr unsigned CPU = 1;
constexpr uint64_t VALID = 1ull << 63;

template <unsigned BUSWIDTH>
struct platform : sc_core::sc_module {
    its::gic500<BUSWIDTH> gic{"gic"};
    its::memory<64> ram{"ram"};
    tlm_utils::simple_initiator_socket<platform, BUSWIDTH> bus{"bus"};
    sc_core::sc_signal<bool> irq{"irq"};
    bool arrived = false;

    explicit platform(const sc_core::sc_module_name &name) : sc_module(name)
    {
        gic.set("redistributors", "2");
        bus.bind(gic.s_axi);
        gic.m_axi.bind(ram.socket);
        gic.lpi[CPU].bind(irq);
        ram.add_ram(RAM, 0x100000);
        ram.set_latency(sc_core::sc_time(40, sc_core::SC_NS));
        SC_HAS_PROCESS(platform);
        SC_THREAD(software);
    }

    void software()
    {
        boot();
        map();
        write(ITS_FRAME_TRANSLATION, 0x40, EVENT, 4, true); // GITS_TRANSLATER: the MSI
        sc_core::sc_time sent = sc_core::sc_time_stamp();
        while (!irq.read())
            wait(irq.posedge_event());
        uint32_t intid = gic.acknowledge(CPU);
        std::printf("%s: LPI %u, %s after the MSI was taken\n", name(), intid,
                    (sc_core::sc_time_stamp() - sent).to_string().c_str());
        arrived = intid == LPI;
    }

    void boot()
    {
        write(ITS_FRAME_GICD, 0x00, 0x12);           // GICD_CTLR: affinity routing, group 1
        write(ITS_FRAME_GICR, 0x14, 0);              // GICR_WAKER
        ram.fill(CONFIG, 0x10000, 0xa1);             // every LPI: priority 0xa0, enabled
        write(ITS_FRAME_GICR, 0x70, CONFIG | 15, 8); // GICR_PROPBASER: 16 INTID bits
        write(ITS_FRAME_GICR, 0x78, 1ull << 62 | PENDING, 8); // GICR_PENDBASER: the table is zero
        write(ITS_FRAME_GICR, 0x00, 1);                       // GICR_CTLR.EnableLPIs
        write(ITS_FRAME_GITS, 0x100, VALID | DEVICES, 8);     // GITS_BASER0: one page of 4 KB
        write(ITS_FRAME_GITS, 0x80, VALID | QUEUE, 8);        // GITS_CBASER: the same
        write(ITS_FRAME_GITS, 0x00, 1);                       // GITS_CTLR.Enabled
    }

    void map()
    {
        its_cmd collection{}, device{}, event{};
        collection.opcode = ITS_CMD_MAPC; // collection 0 is at this CPU
        collection.rdbase = CPU;
        collection.valid = true;
        device.opcode = ITS_CMD_MAPD; // the device has a table for 32 events
        device.device = DEVICE;
        device.itt = ITT;
        device.size = 4;
        device.valid = true;
        event.opcode = ITS_CMD_MAPTI; // the event is this LPI, in collection 0
        event.device = DEVICE;
        event.event = EVENT;
        event.intid = LPI;
        uint32_t end = 0;
        for (const its_cmd &c : {collection, device, event}) {
            uint64_t words[ITS_CMD_WORDS];
            its_cmd_pack(&c, words);
            ram.store(QUEUE + end, words, sizeof words);
            end += sizeof words;
        }
        write(ITS_FRAME_GITS, 0x88, end, 8); // GITS_CWRITER
        while (transfer(tlm::TLM_READ_COMMAND, ITS_FRAME_GITS, 0x90, 0, 8) != end)
            wait(100, sc_core::SC_NS); // GITS_CREADR
    }

    void write(its_frame frame, uint32_t offset, uint64_t value, unsigned bytes = 4,
               bool from_device = false)
    {
        transfer(tlm::TLM_WRITE_COMMAND, frame, offset, value, bytes, from_device);
    }

    uint64_t transfer(tlm::tlm_command command, its_frame frame, uint32_t offset, uint64_t value,
                      unsigned bytes, bool from_device = false)
    {
        tlm::tlm_generic_payload trans;
        its::device_id_ext id(DEVICE);
        sc_core::sc_time delay;
        trans.set_command(command);
        trans.set_address(its_map_address(&gic.profile(), frame, CPU, offset));
        trans.set_data_ptr(reinterpret_cast<unsigned char *>(&value));
        trans.set_data_length(bytes);
        trans.set_streaming_width(bytes);
        if (from_device)
            trans.set_extension(&id);
        bus->b_transport(trans, delay);
        if (from_device)
            trans.clear_extension(&id);
        if (trans.is_response_error())
            SC_REPORT_ERROR(name(), trans.get_response_string().c_str());
        wait(delay);
        return value;
    }
};

int sc_main(int, char **)
{
    platform<32> narrow("narrow");
    platform<64> wide("wide");
    sc_core::sc_start(1, sc_core::SC_MS);
    return narrow.arrived && wide.arrived ? 0 : 1;
}
