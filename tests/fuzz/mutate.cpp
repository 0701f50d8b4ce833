/* SPDX-License-Identifier: MIT */
#include "mutate.h"

#include <cstring>

#include "input.h"

namespace fuzz {

static size_t ops_in(size_t size)
{
    return size > HEADER_BYTES ? (size - HEADER_BYTES) / OP_BYTES : 0;
}

static uint8_t *op_of(uint8_t *data, size_t n)
{
    return data + HEADER_BYTES + n * OP_BYTES;
}

static void random_op(uint8_t *to, dice &dice)
{
    for (size_t i = 0; i < OP_BYTES; i++)
        to[i] = uint8_t(dice.roll() >> 8);
}

/* Makes room for one operation at place n; false when there is none. */
static bool insert(uint8_t *data, size_t &size, size_t max, size_t n)
{
    if (size + OP_BYTES > max)
        return false;
    std::memmove(op_of(data, n + 1), op_of(data, n), size - HEADER_BYTES - n * OP_BYTES);
    size += OP_BYTES;
    return true;
}

void mutate_operations(uint8_t *data, size_t &size, size_t max, dice &dice)
{
    size_t count = ops_in(size);
    size_t at = count ? dice.roll() % count : 0;
    size_t other = count ? dice.roll() % count : 0;
    uint8_t kept[OP_BYTES];

    switch (count ? dice.roll() % 8 : 0) {
    case 0:
    case 1:
        if (insert(data, size, max, at))
            random_op(op_of(data, at), dice);
        break;
    case 2: /* one of its own, elsewhere */
        std::memcpy(kept, op_of(data, other), OP_BYTES);
        if (insert(data, size, max, at))
            std::memcpy(op_of(data, at), kept, OP_BYTES);
        break;
    case 3:
        std::memmove(op_of(data, at), op_of(data, at + 1),
                     size - HEADER_BYTES - (at + 1) * OP_BYTES);
        size -= OP_BYTES;
        break;
    case 4:
        std::memcpy(kept, op_of(data, at), OP_BYTES);
        std::memcpy(op_of(data, at), op_of(data, other), OP_BYTES);
        std::memcpy(op_of(data, other), kept, OP_BYTES);
        break;
    case 5:
        op_of(data, at)[0] = uint8_t(dice.roll() % unsigned(code::codes));
        break;
    default:
        op_of(data, at)[dice.roll() % OP_BYTES] = uint8_t(dice.roll() >> 8);
        break;
    }
}

size_t cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
             size_t max, dice &dice)
{
    size_t n = ops_in(a_size), m = ops_in(b_size);
    size_t head = HEADER_BYTES + (n ? dice.roll() % (n + 1) : 0) * OP_BYTES;
    size_t skip = HEADER_BYTES + (m ? dice.roll() % m : 0) * OP_BYTES;

    if (a_size < HEADER_BYTES || b_size <= skip || head + (b_size - skip) > max)
        return 0;
    std::memcpy(out, a, head);
    std::memcpy(out + head, b + skip, b_size - skip);
    return head + (b_size - skip);
}

} // namespace fuzz
