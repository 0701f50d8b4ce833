// SPDX-License-Identifier: MIT
// memory.h - a memory for platforms and tests: RAM at given addresses, zero at first, with latency,
// bandwidth, jitter, fault windows, DMI, and counts of who used it.
//
// An access takes its effect when it is made; time is annotated, never spent. It takes `latency`, and
// with a bandwidth it first waits until the data of the accesses before it has passed. Accesses
// outside the RAM are TLM_ADDRESS_ERROR_RESPONSE, in a fault window TLM_GENERIC_ERROR_RESPONSE.
// Storage is allocated page by page as it is written. DMI is granted for whole pages without a fault
// window, unless a bandwidth or jitter is set or accesses are watched.
#ifndef ITSIM_TLM_MEMORY_H
#define ITSIM_TLM_MEMORY_H

#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>
#include <unordered_map>
#include <vector>

namespace its {

class memory_base : public sc_core::sc_module {
public:
    // Whose accesses they are: by axi_id_ext, other without one.
    enum requester { from_its, from_redistributor, from_other, requesters };

    ~memory_base() override;

    void add_ram(uint64_t base, uint64_t size);
    void set_latency(const sc_core::sc_time &latency);
    // Bytes that pass in `period`; 0: no limit.
    void set_bandwidth(unsigned bytes, const sc_core::sc_time &period);
    // Each access takes up to 127 steps longer, by a number drawn from the seed; 0: none does.
    void set_jitter(uint32_t seed, const sc_core::sc_time &step);
    void allow_dmi(bool allow); // default true

    // Accesses that touch [base, base + size) fail, or work again.
    void fault(uint64_t base, uint64_t size, bool on);

    // Called for every access by b_transport from now on (DMI is withdrawn); empty: no more.
    using watcher =
        std::function<void(requester who, bool write, uint64_t address, unsigned bytes)>;
    void watch(watcher w);

    // Accesses by b_transport so far.
    uint64_t reads(requester who) const { return count_[who][0]; }
    uint64_t writes(requester who) const { return count_[who][1]; }

    // Software's own access, without time or count. False, and nothing done, outside the RAM.
    bool load(uint64_t address, void *data, uint64_t bytes) const;
    bool store(uint64_t address, const void *data, uint64_t bytes);
    bool fill(uint64_t address, uint64_t bytes, uint8_t value);

protected:
    explicit memory_base(const sc_core::sc_module_name &name);

    void b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    unsigned transport_dbg(tlm::tlm_generic_payload &trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &trans, tlm::tlm_dmi &dmi);
    virtual tlm::tlm_bw_transport_if<> *backward() = 0;

private:
    struct range {
        uint64_t base;
        uint64_t last;
    };
    struct freed {
        void operator()(unsigned char *p) const { std::free(p); }
    };

    bool in_ram(uint64_t address, uint64_t bytes) const;
    bool faulty(uint64_t address, uint64_t bytes) const;
    unsigned char *page(uint64_t number);
    const unsigned char *page(uint64_t number) const;
    bool dmi_possible(uint64_t address) const;
    void withdraw(uint64_t first, uint64_t last);
    void spend(const tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    template <class Piece>
    static void by_page(uint64_t address, uint64_t bytes, Piece piece);

    std::vector<range> ram_;
    std::vector<range> faults_;
    std::unordered_map<uint64_t, std::unique_ptr<unsigned char, freed>> pages_;
    sc_core::sc_time latency_;
    sc_core::sc_time byte_time_;
    sc_core::sc_time jitter_step_;
    uint32_t jitter_seed_ = 0;
    sc_core::sc_time free_at_; // bandwidth: when the data before has passed
    watcher watcher_;
    std::array<std::array<uint64_t, 2>, requesters> count_{};
    bool allow_dmi_ = true;
    bool granted_ = false;
};

template <unsigned BUSWIDTH = 64>
class memory : public memory_base {
public:
    tlm_utils::simple_target_socket<memory, BUSWIDTH> socket{"socket"};

    explicit memory(const sc_core::sc_module_name &name) : memory_base(name)
    {
        socket.register_b_transport(this, &memory::b_transport);
        socket.register_transport_dbg(this, &memory::transport_dbg);
        socket.register_get_direct_mem_ptr(this, &memory::get_direct_mem_ptr);
    }

private:
    tlm::tlm_bw_transport_if<> *backward() override { return socket.operator->(); }
};

} // namespace its

#endif
