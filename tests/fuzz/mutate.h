/* SPDX-License-Identifier: MIT */
/*
 * mutate.h - small changes to an input that leave it a program of whole operations; shared by
 * libFuzzer's target and by replay.cpp, which has no coverage to steer by.
 */
#ifndef ITSIM_TESTS_FUZZ_MUTATE_H
#define ITSIM_TESTS_FUZZ_MUTATE_H

#include <cstddef>
#include <cstdint>

#include "bus.h"

namespace fuzz {

/*
 * One operation put in, copied, dropped, exchanged with another or changed. `data` holds `size` bytes,
 * HEADER_BYTES at least, with room for `max`.
 */
void mutate_operations(uint8_t *data, size_t &size, size_t max, dice &dice);

/*
 * The configuration and the first operations of a, the last operations of b. Returns how many bytes of
 * `out` are used; 0 when that would be more than `max`, or one of them has no operations to give.
 */
size_t cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
             size_t max, dice &dice);

} // namespace fuzz

#endif
