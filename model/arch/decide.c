/* SPDX-License-Identifier: MIT */
/* MSIs, and the way in: decide_commands.c has the commands, decide_walk.h what both go through. */
#include "arch/decide.h"

#include "arch/decide_walk.h"

static void do_msi(its_walk *w)
{
    if (!w->facts->device.valid || (!w->facts->collection.valid && !w->profile->hcc)) {
        its_walk_fail(w, ITS_DROP_BASE_INVALID, 0);
        return;
    }
    w->event = its_msi_event(w->profile, w->event);
    if (event_has_width(w))
        tell_target(w, ITS_RD_SET);
    else
        its_walk_fail(w, ITS_DROP_EVENT_WIDE, 0);
}

void its_decide(const its_facts *facts, const its_request *rq, const its_operands *known,
                its_verdict *out)
{
    its_walk w = {facts, facts->profile, &rq->cmd, known, out, rq->cmd.event, rq->msi};

    *out = (its_verdict){0};
    if (rq->msi)
        do_msi(&w);
    else
        its_walk_command(&w);
}

uint8_t its_drop_syndrome(its_drop drop)
{
    /* GITS_STATUSR.Syndrome; causes that are not listed there report 0. */
    static const uint8_t syndromes[ITS_DROPS] = {
        [ITS_DROP_DEVICE_OOR] = 2,          [ITS_DROP_DEVICE_UNMAPPED] = 3,
        [ITS_DROP_EVENT_WIDE] = 4,          [ITS_DROP_EVENT_OOR] = 4,
        [ITS_DROP_EVENT_UNMAPPED] = 5,      [ITS_DROP_COLLECTION_OOR] = 7,
        [ITS_DROP_COLLECTION_UNMAPPED] = 7,
    };
    return (unsigned)drop < ITS_DROPS ? syndromes[drop] : 0;
}
