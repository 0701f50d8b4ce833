// SPDX-License-Identifier: MIT
// The smallest platform: a bus master, the GIC and a memory. README.md shows it.
#include <cstdio>
#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>
#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"
#include "watch/text.h"

struct soc : sc_core::sc_module {
    its::gic500<32> gic{"gic"};
    its::memory<64> ram{"ram"};
    tlm_utils::simple_initiator_socket<soc> bus{"bus"};

    explicit soc(const sc_core::sc_module_name &name) : sc_module(name)
    {
        gic.set("redistributors", "4"); // any field of model/arch/profile.def
        gic.listen(its_text_sink, stdout);
        gic.m_axi.bind(ram.socket);
        bus.bind(gic.s_axi);
        ram.add_ram(0x80000000, 0x10000000);
        SC_HAS_PROCESS(soc);
        SC_THREAD(device);
    }
    void device() // writes EventID 3 to GITS_TRANSLATER as DeviceID 42
    {
        tlm::tlm_generic_payload trans;
        its::device_id_ext id(42);
        uint32_t event = 3;
        sc_core::sc_time delay;
        trans.set_write();
        trans.set_address(its_map_address(&gic.profile(), ITS_FRAME_TRANSLATION, 0, 0x40));
        trans.set_data_ptr(reinterpret_cast<unsigned char *>(&event));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        trans.set_extension(&id);
        bus->b_transport(trans, delay);
        trans.clear_extension(&id);
    }
};

int sc_main(int, char **)
{
    soc top("top");
    sc_core::sc_start(1, sc_core::SC_US);
    return 0;
}
