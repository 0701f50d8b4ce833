/* SPDX-License-Identifier: MIT */
#include "wire/event.h"

void its_emit_heard(const its_probe *probe, its_unit unit, its_event_kind kind, uint32_t ref,
                    uint64_t a, uint64_t b, unsigned c)
{
    its_event e = {probe->cycle, a, b, ref, (uint16_t)c, (uint8_t)unit, (uint8_t)kind};

    probe->sink(probe->host, &e);
}
