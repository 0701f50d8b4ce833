/* SPDX-License-Identifier: MIT */
/* table.c - a table as its GITS_BASER describes it: what its_decide() finds entries with. */
#include "arch/bits.h"
#include "arch/decide.h"
#include "arch/regs.h"

its_table its_table_from_baser(uint64_t baser, uint32_t stride)
{
    static const uint8_t shifts[] = {12, 14, 16, 16};
    its_table t = {.stride = stride, .page_shift = shifts[ITS_GET(baser, BASER_PAGE_SIZE)]};
    uint64_t page = UINT64_C(1) << t.page_shift;
    if (!stride)
        return t;

    t.valid = ITS_GET(baser, BASER_VALID) != 0;
    t.indirect = ITS_GET(baser, BASER_INDIRECT) != 0;
    t.base = its_baser_address(baser);
    t.per_page = page / stride;
    uint64_t bytes = (ITS_GET(baser, BASER_SIZE) + 1u) * page;
    t.entries = t.indirect ? bytes / 8u * t.per_page : bytes / stride;
    return t;
}
