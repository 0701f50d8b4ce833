/* SPDX-License-Identifier: MIT */
/*
 * gicr_fast.c - the fast face: the same jobs, run until nothing is left, with memory answering at
 * once. Only a SET of an LPI that has a line is carried out without a job.
 */
#include "gic/gicr_parts.h"

static unsigned bus_id(const gicr_context *x)
{
    return ITS_ID_RD + x->rd % x->profile->lpi_ids;
}

/* The access the sequencer waits for; also one that a clocked face had offered and not yet made. */
static void make_access(gicr *u, const gicr_context *x)
{
    const its_memory *m = x->memory;
    const its_mem_request *r = &u->request;
    its_mem_response answer = {0};
    uint8_t bytes[64];

    u->offered = false;
    gicr_access_made(u, x);
    if (r->write) {
        its_store_le(bytes, r->bytes, r->data);
        answer.fault = !m->write(m->host, r->addr, bytes, r->bytes, bus_id(x));
    } else {
        answer.fault = !m->read(m->host, r->addr, bytes, r->bytes, bus_id(x));
        for (unsigned i = 0; !answer.fault && i < r->bytes; i += 8)
            answer.data[i / 8u] = its_load_le(&bytes[i], r->bytes < 8u ? r->bytes : 8u);
    }
    gicr_answered(u, &answer, x);
}

/* Takes out the oldest acknowledgement; the last of a message ends up in *last. */
static void take_ack(gicr *u, its_rdack *last, const gicr_context *x)
{
    *last = u->ack[u->ack_head];
    u->ack_head = (uint8_t)((u->ack_head + 1u) % GICR_FIFO);
    u->acks--;
    if (last->more)
        x->handed_over(x->host, last);
}

static its_rdack run(gicr *u, const gicr_context *x)
{
    its_rdack last = {0};

    for (;;) {
        if (u->access)
            make_access(u, x);
        else if (!gicr_step(u, x))
            break;
        while (u->acks)
            take_ack(u, &last, x);
    }
    u->children_asleep = u->processor_sleep;
    u->sleep_write = false;
    return last;
}

its_rdack gicr_fast_message(gicr *u, const its_rdmsg *msg, const gicr_context *x)
{
    unsigned line = GICR_NO_LINE;

    if (msg->kind == RD_SET && u->live)
        line = gicr_lines_find(&u->lines, msg->intid);
    if (line != GICR_NO_LINE) {
        bool was = gicr_line_pending(&u->lines, line);
        if (!was)
            gicr_line_set(&u->lines, line);
        gicr_report(x, ITS_EV_LPI_SET, msg->ref, msg->intid, was);
        return (its_rdack){.intid = msg->intid, .ref = msg->ref, .kind = RD_SET};
    }
    gicr_queue_message(u, msg);
    return run(u, x);
}

its_access_result gicr_fast_access(gicr *u, const its_access *access, const gicr_context *x,
                                   bool *sleep_write, bool *sleep_value)
{
    its_access_result result = gicr_access(u, access, x);

    *sleep_write = u->sleep_write;
    *sleep_value = u->sleep_value;
    run(u, x);
    return result;
}

void gicr_fast_levels(gicr *u, bool sleep, bool quiescent, bool group1_enabled,
                      const gicr_context *x)
{
    u->sleep = sleep;
    u->sleep_set = sleep;
    u->quiescent = quiescent;
    u->group1 = group1_enabled;
    gicr_update_live(u);
    run(u, x);
}

uint32_t gicr_fast_acknowledge(gicr *u, const gicr_context *x)
{
    uint32_t intid = gicr_acknowledge(u, x);

    if (gicr_wants_refill(u))
        run(u, x);
    return intid;
}
