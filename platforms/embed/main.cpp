// SPDX-License-Identifier: MIT
// The smallest platform: a bus master, the GIC and a memory, and an MSI that arrives as LPI 8195.
// README.md shows the part from the includes to the end of the struct.
#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"
#include <cstdio>
#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

struct soc : sc_core::sc_module {
    its::gic500<32> gic{"gic"};
    its::memory<64> ram{"ram"};
    tlm_utils::simple_initiator_socket<soc> bus{"bus"};
    sc_core::sc_signal<bool> irq{"irq"};

    explicit soc(const sc_core::sc_module_name &name) : sc_module(name)
    {
        gic.set("redistributors", "4"); // any field of model/arch/profile.def
        gic.m_axi.bind(ram.socket);
        gic.lpi[0].bind(irq);
        bus.bind(gic.s_axi);
        ram.add_ram(0x80000000, 0x10000000);
        SC_HAS_PROCESS(soc);
        SC_THREAD(software);
    }
    void software()
    {
        boot(); // as a driver does it; event 3 of device 42 is LPI 8195 at CPU 0
        write(ITS_FRAME_TRANSLATION, 0x40, 3, 4, 42); // the device's MSI
        while (!irq.read())
            wait(irq.posedge_event());
        std::printf("CPU 0 takes LPI %u\n", gic.acknowledge(0));
    }
    void boot();
    void write(its_frame frame, uint32_t offset, uint64_t value, unsigned bytes = 4,
               uint32_t device = 0); // b_transport with an its::device_id_ext
};

void soc::boot()
{
    const uint64_t valid = 1ull << 63, queue = 0x80000000, devices = 0x80010000, itt = 0x80020000,
                   config = 0x80030000, pending = 0x80040000;
    const uint64_t commands[][4] = {
        {0x09, 0, valid},                           // MAPC: collection 0 is at redistributor 0
        {42ull << 32 | 0x08, 4, valid | itt},       // MAPD: device 42 has 32 events
        {42ull << 32 | 0x0a, 8195ull << 32 | 3, 0}, // MAPTI: its event 3 is LPI 8195
    };
    ram.store(queue, commands, sizeof commands);
    ram.fill(config, 0x10000, 0xa1);                      // LPIs: priority 0xa0, enabled
    write(ITS_FRAME_GICD, 0x00, 0x12);                    // GICD_CTLR: groups on
    write(ITS_FRAME_GICR, 0x14, 0);                       // GICR_WAKER: awake
    write(ITS_FRAME_GICR, 0x70, config | 15, 8);          // GICR_PROPBASER: 16 INTID bits
    write(ITS_FRAME_GICR, 0x78, 1ull << 62 | pending, 8); // GICR_PENDBASER: a table of zeros
    write(ITS_FRAME_GICR, 0x00, 1);                       // GICR_CTLR.EnableLPIs
    write(ITS_FRAME_GITS, 0x100, valid | devices, 8);     // GITS_BASER0
    write(ITS_FRAME_GITS, 0x80, valid | queue, 8);        // GITS_CBASER
    write(ITS_FRAME_GITS, 0x00, 1);                       // GITS_CTLR.Enabled
    write(ITS_FRAME_GITS, 0x88, sizeof commands, 8);      // GITS_CWRITER
    wait(1, sc_core::SC_US);                              // or read GITS_CREADR until it is there
}

void soc::write(its_frame frame, uint32_t offset, uint64_t value, unsigned bytes, uint32_t device)
{
    tlm::tlm_generic_payload trans;
    its::device_id_ext id(device);
    sc_core::sc_time delay;
    trans.set_write();
    trans.set_address(its_map_address(&gic.profile(), frame, 0, offset));
    trans.set_data_ptr(reinterpret_cast<unsigned char *>(&value));
    trans.set_data_length(bytes);
    trans.set_streaming_width(bytes);
    trans.set_extension(&id);
    bus->b_transport(trans, delay);
    trans.clear_extension(&id);
    wait(delay);
}

int sc_main(int, char **)
{
    soc top("top");
    sc_core::sc_start(1, sc_core::SC_MS);
    return 0;
}
