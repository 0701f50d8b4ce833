/* SPDX-License-Identifier: MIT */
/*
 * ram.h - sparse memory, zero at first, whose pages are used again from one input to the next.
 * Little-endian. At most `limit` pages are written; writes beyond are lost and `full` says so.
 */
#ifndef ITSIM_TESTS_FUZZ_RAM_H
#define ITSIM_TESTS_FUZZ_RAM_H

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace fuzz {

class ram {
public:
    bool full = false;

    ram() = default;
    ram(const ram &from) { copy(from); }
    ram &operator=(const ram &from)
    {
        if (this != &from)
            copy(from);
        return *this;
    }

    void clear()
    {
        for (unsigned i = 0; i < used_; i++)
            slots_[page_[i]->slot] = 0;
        used_ = last_ = 0;
        full = false;
    }
    void copy(const ram &from)
    {
        clear();
        for (unsigned i = 0; i < from.used_; i++) {
            page *p = make(from.page_[i]->number);
            std::memcpy(p->bytes, from.page_[i]->bytes, PAGE);
        }
        full = from.full;
    }
    uint64_t load(uint64_t a, unsigned bytes) const
    {
        uint64_t v = 0;
        for (unsigned i = 0; i < bytes; i++)
            v |= uint64_t(get(a + i)) << (8 * i);
        return v;
    }
    void store(uint64_t a, uint64_t v, unsigned bytes)
    {
        for (unsigned i = 0; i < bytes; i++)
            put(a + i, uint8_t(v >> (8 * i)));
    }
    void fill(uint64_t a, uint64_t n, uint8_t v)
    {
        while (n--)
            put(a++, v);
    }
    uint8_t get(uint64_t a) const
    {
        const page *p = find(a / PAGE);
        return p ? p->bytes[a % PAGE] : 0;
    }
    void put(uint64_t a, uint8_t v)
    {
        page *p = find(a / PAGE);
        if (!p && v == 0)
            return;
        if (!p && !(p = make(a / PAGE)))
            return;
        p->bytes[a % PAGE] = v;
    }

private:
    static constexpr unsigned PAGE = 4096, SLOTS = 4096, LIMIT = 2048;
    struct page {
        uint64_t number;
        unsigned slot;
        uint8_t bytes[PAGE];
    };

    static unsigned start(uint64_t number)
    {
        return unsigned((number * 0x9e3779b97f4a7c15u) >> 52) % SLOTS;
    }
    page *find(uint64_t number) const
    {
        if (last_ < used_ && page_[last_]->number == number)
            return page_[last_].get();
        for (unsigned s = start(number); slots_[s]; s = (s + 1) % SLOTS)
            if (page_[slots_[s] - 1]->number == number) {
                last_ = slots_[s] - 1u;
                return page_[last_].get();
            }
        return nullptr;
    }
    page *make(uint64_t number)
    {
        if (used_ == LIMIT) {
            full = true;
            return nullptr;
        }
        if (used_ == page_.size())
            page_.emplace_back(new page);
        page *p = page_[used_].get();
        unsigned s = start(number);
        while (slots_[s])
            s = (s + 1) % SLOTS;
        slots_[s] = uint16_t(++used_);
        p->number = number;
        p->slot = s;
        std::memset(p->bytes, 0, PAGE);
        return p;
    }

    std::vector<std::unique_ptr<page>> page_;
    std::vector<uint16_t> slots_ = std::vector<uint16_t>(SLOTS, 0);
    unsigned used_ = 0;
    mutable unsigned last_ = 0;
};

} // namespace fuzz

#endif
