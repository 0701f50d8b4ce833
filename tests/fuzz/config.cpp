/* SPDX-License-Identifier: MIT */
/* config.cpp - the configuration an input asks for. */
#include <cstdio>

#include "program.h"

namespace fuzz {

/* Values that cost time and show nothing new stay out. */
static uint32_t most(const its_profile_field *f)
{
    struct limit {
        const char *name;
        uint32_t most;
    };
    static const limit limits[] = {{"quiescent_min", 5000},
                                   {"rd_cycles", 200},
                                   {"rd_base", 0xffff},
                                   {"redistributors", 4},
                                   {"event_cache_sets", 64}};
    for (const limit &l : limits)
        if (std::string(l.name) == f->name)
            return l.most;
    return f->max;
}

static unsigned fields()
{
    unsigned n = 0;
    while (its_profile_field_at(n))
        n++;
    return n;
}

static uint32_t &value_of(its_profile &p, const its_profile_field *f)
{
    return *reinterpret_cast<uint32_t *>(reinterpret_cast<char *>(&p) + f->offset);
}

/* One field changed, unless that contradicts another. Small numbers are the interesting ones. */
static void change(its_profile &p, uint8_t which, uint32_t number)
{
    static const unsigned count = fields();
    const its_profile_field *f = its_profile_field_at(which % count);
    uint64_t span = uint64_t(most(f)) - f->min + 1u;
    its_profile tried = p;

    if (number % 4 == 0)
        number = number / 4 % 4;
    else
        number /= 4;
    value_of(tried, f) = f->min + uint32_t(number % span);
    if (!its_profile_check(&tried, nullptr, 0))
        p = tried;
}

/*
 * Byte 0 preset, byte 7 redistributors, bytes 8..22 five fields: number, value. The other bytes are
 * read by run().
 */
its_profile input_profile(const uint8_t *data, size_t bytes)
{
    uint8_t h[HEADER_BYTES] = {};
    its_profile p;
    unsigned presets = 0;
    char text[12];

    for (size_t i = 0; i < HEADER_BYTES && i < bytes; i++)
        h[i] = data[i];
    while (its_profile_preset_name(presets))
        presets++;
    its_profile_preset(&p, its_profile_preset_name(h[0] % presets));
    std::snprintf(text, sizeof text, "%u", h[7] == 255 ? 128u : h[7] % 4u + 1u);
    its_profile_set(&p, "redistributors", text, nullptr, 0);
    for (unsigned i = 0; i < 5; i++)
        if (h[8 + 3 * i])
            change(p, uint8_t(h[8 + 3 * i] - 1), h[9 + 3 * i] | uint32_t(h[10 + 3 * i]) << 8);
    return p;
}

} // namespace fuzz
