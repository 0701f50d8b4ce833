// SPDX-License-Identifier: MIT
// memory.cpp - RAM in pages.
#include "itsim/tlm/memory.h"

#include "arch/perturb.h"
#include "itsim/tlm/requester.h"
#include "wire/mem.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace its {

namespace {

// Large enough that tables are in few pages; the host gives memory to what is written only.
constexpr uint64_t page_bytes = UINT64_C(1) << 21;

memory_base::requester requester_of(const tlm::tlm_generic_payload &trans)
{
    const auto *ext = trans.get_extension<axi_id_ext>();
    if (!ext)
        return memory_base::from_other;
    return ext->id < ITS_ID_RD ? memory_base::from_its : memory_base::from_redistributor;
}

} // namespace

memory_base::memory_base(const sc_core::sc_module_name &name) : sc_module(name) {}

memory_base::~memory_base() = default;

void memory_base::add_ram(uint64_t base, uint64_t size)
{
    if (size == 0 || base > UINT64_MAX - (size - 1)) {
        SC_REPORT_ERROR("/its/memory", "RAM of no bytes, or beyond 64 address bits");
        return;
    }
    ram_.push_back({base, base + (size - 1)});
}

void memory_base::set_latency(const sc_core::sc_time &latency)
{
    latency_ = latency;
    withdraw(0, UINT64_MAX);
}

void memory_base::set_bandwidth(unsigned bytes, const sc_core::sc_time &period)
{
    byte_time_ = bytes ? period / static_cast<double>(bytes) : sc_core::SC_ZERO_TIME;
    withdraw(0, UINT64_MAX);
}

void memory_base::set_jitter(uint32_t seed, const sc_core::sc_time &step)
{
    jitter_seed_ = seed;
    jitter_step_ = step;
    withdraw(0, UINT64_MAX);
}

void memory_base::allow_dmi(bool allow)
{
    allow_dmi_ = allow;
    withdraw(0, UINT64_MAX);
}

void memory_base::watch(watcher w)
{
    watcher_ = std::move(w);
    withdraw(0, UINT64_MAX);
}

void memory_base::withdraw(uint64_t first, uint64_t last)
{
    if (granted_)
        backward()->invalidate_direct_mem_ptr(first, last);
    granted_ = granted_ && !(first == 0 && last == UINT64_MAX);
}

void memory_base::fault(uint64_t base, uint64_t size, bool on)
{
    if (size == 0)
        return;
    range window{base, base + (size - 1) < base ? UINT64_MAX : base + (size - 1)};
    std::vector<range> left;
    for (const range &f : faults_) {
        if (f.last < window.base || f.base > window.last) {
            left.push_back(f);
            continue;
        }
        if (f.base < window.base)
            left.push_back({f.base, window.base - 1});
        if (f.last > window.last)
            left.push_back({window.last + 1, f.last});
    }
    faults_ = std::move(left);
    if (on) {
        faults_.push_back(window);
        withdraw(window.base, window.last);
    }
}

bool memory_base::in_ram(uint64_t address, uint64_t bytes) const
{
    if (bytes == 0 || address > UINT64_MAX - (bytes - 1))
        return false;
    uint64_t last = address + (bytes - 1);
    for (;;) {
        auto r = std::find_if(ram_.begin(), ram_.end(), [address](const range &x) {
            return x.base <= address && address <= x.last;
        });
        if (r == ram_.end())
            return false;
        if (r->last >= last)
            return true;
        address = r->last + 1;
    }
}

bool memory_base::faulty(uint64_t address, uint64_t bytes) const
{
    return std::any_of(faults_.begin(), faults_.end(), [=](const range &f) {
        return f.base <= address + (bytes - 1) && f.last >= address;
    });
}

unsigned char *memory_base::page(uint64_t number)
{
    auto &p = pages_[number];
    if (!p) {
        p.reset(static_cast<unsigned char *>(std::calloc(1, page_bytes)));
        if (!p)
            throw std::bad_alloc();
    }
    return p.get();
}

const unsigned char *memory_base::page(uint64_t number) const
{
    auto p = pages_.find(number);
    return p == pages_.end() ? nullptr : p->second.get();
}

// piece(page number, offset in it, bytes done before, bytes) for each page touched.
template <class Piece>
void memory_base::by_page(uint64_t address, uint64_t bytes, Piece piece)
{
    for (uint64_t done = 0; done < bytes;) {
        uint64_t offset = (address + done) % page_bytes;
        uint64_t n = std::min(bytes - done, page_bytes - offset);
        piece((address + done) / page_bytes, offset, done, n);
        done += n;
    }
}

bool memory_base::load(uint64_t address, void *data, uint64_t bytes) const
{
    if (!in_ram(address, bytes))
        return false;
    by_page(address, bytes, [&](uint64_t number, uint64_t offset, uint64_t done, uint64_t n) {
        const unsigned char *from = page(number);
        unsigned char *to = static_cast<unsigned char *>(data) + done;
        if (from)
            std::memcpy(to, from + offset, n);
        else
            std::memset(to, 0, n);
    });
    return true;
}

bool memory_base::store(uint64_t address, const void *data, uint64_t bytes)
{
    if (!in_ram(address, bytes))
        return false;
    by_page(address, bytes, [&](uint64_t number, uint64_t offset, uint64_t done, uint64_t n) {
        std::memcpy(page(number) + offset, static_cast<const unsigned char *>(data) + done, n);
    });
    return true;
}

bool memory_base::fill(uint64_t address, uint64_t bytes, uint8_t value)
{
    if (!in_ram(address, bytes))
        return false;
    by_page(address, bytes, [&](uint64_t number, uint64_t offset, uint64_t, uint64_t n) {
        if (value || pages_.count(number))
            std::memset(page(number) + offset, value, n);
    });
    return true;
}

void memory_base::spend(const tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
{
    unsigned bytes = trans.get_data_length();

    if (byte_time_ != sc_core::SC_ZERO_TIME) {
        const sc_core::sc_time &now = sc_core::sc_time_stamp();
        free_at_ = std::max(free_at_, now + delay) + byte_time_ * static_cast<double>(bytes);
        delay = free_at_ - now;
    }
    delay += latency_;
    // By time and place, so that the order of processes at one time makes no difference.
    if (jitter_seed_)
        delay += jitter_step_ * its_perturb_delay(jitter_seed_, ITS_PERTURB_MEMORY,
                                                  sc_core::sc_time_stamp().value(),
                                                  trans.get_address() << 1 | trans.is_write());
}

void memory_base::b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
{
    uint64_t address = trans.get_address();
    unsigned bytes = trans.get_data_length();
    requester who = requester_of(trans);

    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    count_[who][trans.is_write()]++;
    if (watcher_)
        watcher_(who, trans.is_write(), address, bytes);
    spend(trans, delay);
    if (trans.get_streaming_width() < bytes) {
        trans.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (!in_ram(address, bytes)) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else if (faulty(address, bytes)) {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    } else {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        trans.set_dmi_allowed(dmi_possible(address));
        unsigned enables = trans.get_byte_enable_ptr() ? trans.get_byte_enable_length() : 0;
        unsigned char *data = trans.get_data_ptr();
        for (unsigned i = 0; enables && i < bytes; i++) {
            if (trans.get_byte_enable_ptr()[i % enables] != TLM_BYTE_ENABLED)
                continue;
            if (trans.is_write())
                store(address + i, data + i, 1);
            else
                load(address + i, data + i, 1);
        }
        if (!enables && trans.is_write())
            store(address, data, bytes);
        else if (!enables)
            load(address, data, bytes);
    }
}

unsigned memory_base::transport_dbg(tlm::tlm_generic_payload &trans)
{
    unsigned bytes = trans.get_data_length();
    bool done = trans.is_write() ? store(trans.get_address(), trans.get_data_ptr(), bytes)
                                 : load(trans.get_address(), trans.get_data_ptr(), bytes);
    return done ? bytes : 0;
}

bool memory_base::dmi_possible(uint64_t address) const
{
    uint64_t first = address / page_bytes * page_bytes;
    return allow_dmi_ && !watcher_ && !jitter_seed_ && byte_time_ == sc_core::SC_ZERO_TIME &&
           in_ram(first, page_bytes) && !faulty(first, page_bytes);
}

bool memory_base::get_direct_mem_ptr(tlm::tlm_generic_payload &trans, tlm::tlm_dmi &dmi)
{
    uint64_t number = trans.get_address() / page_bytes;
    bool possible = dmi_possible(trans.get_address());

    // Refused for this page, or granted for it.
    dmi.set_start_address(number * page_bytes);
    dmi.set_end_address(number * page_bytes + (page_bytes - 1));
    if (!possible) {
        dmi.allow_none();
        return false;
    }
    dmi.set_dmi_ptr(page(number));
    dmi.allow_read_write();
    dmi.set_read_latency(latency_);
    dmi.set_write_latency(latency_);
    granted_ = true;
    return true;
}

} // namespace its
