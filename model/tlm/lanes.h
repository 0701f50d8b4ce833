// SPDX-License-Identifier: MIT
// lanes.h - where the bytes of a TLM transaction are on a bus of `bus` bytes, a power of two. Its data
// is bytes in the order of their addresses, whatever the host's.
#ifndef ITSIM_TLM_LANES_H
#define ITSIM_TLM_LANES_H

#include <algorithm>
#include <cstdint>
#include <tlm>

namespace its {

// Bytes of the transaction in the bus word at `word`: where they start in it and how many.
struct lanes {
    uint64_t from; // place in the data of the transaction
    unsigned first;
    unsigned count;
};

inline lanes lanes_of(const tlm::tlm_generic_payload &trans, uint64_t word, unsigned bus)
{
    uint64_t start = trans.get_address();
    uint64_t end = start + trans.get_data_length();
    uint64_t low = std::max<uint64_t>(start, word);
    uint64_t high = std::min<uint64_t>(end, word + bus);
    return {low - start, static_cast<unsigned>(low - word), static_cast<unsigned>(high - low)};
}

inline uint64_t get_lanes(const tlm::tlm_generic_payload &trans, const lanes &l)
{
    uint64_t data = 0;
    for (unsigned i = 0; i < l.count; i++)
        data |= static_cast<uint64_t>(trans.get_data_ptr()[l.from + i]) << (8 * (l.first + i));
    return data;
}

inline void put_lanes(tlm::tlm_generic_payload &trans, const lanes &l, uint64_t data)
{
    for (unsigned i = 0; i < l.count; i++)
        trans.get_data_ptr()[l.from + i] = static_cast<unsigned char>(data >> (8 * (l.first + i)));
}

} // namespace its

#endif
