/* SPDX-License-Identifier: MIT */
#include "watch/counters.h"

#include <string.h>

#include "arch/cmd.h"
#include "arch/decide.h"
#include "its/wires.h"
#include "wire/rdmsg.h"

static const struct {
    const char *name;
    const char *what;
} list[ITS_COUNTERS] = {
#define COUNTER(name, what) {#name, what},
#include "watch/counters.def"
#undef COUNTER
};

/*
 * The sink is called for every event and most only increment: what needs more registers stays out of
 * it, or each call would save and restore them.
 */
#define APART __attribute__((noinline)) static

enum { ENTRIES = ITS_ENTRY_KINDS, CLIENTS = ITS_ENTRY_KINDS + 3, OUTCOMES = RD_NO_TARGET + 1 };

/* The groups of counters.def must be as long as the enumerations they follow. */
_Static_assert(ITS_COUNT_hits_cte - ITS_COUNT_hits_device_l1 + 1 == ENTRIES, "entry kinds");
_Static_assert(ITS_COUNT_memory_reads_lpi_pending - ITS_COUNT_memory_reads_device_l1 + 1 == CLIENTS,
               "bus clients");
_Static_assert(ITS_COUNT_drops_no_device_id - ITS_COUNT_drops_none + 1 == ITS_DROPS, "drops");
_Static_assert(ITS_COUNT_queue_max_rd - ITS_COUNT_queue_max_msi + 1 == ITS_QUEUES, "queues");
_Static_assert(ITS_COUNT_rd_messages_hand_over - ITS_COUNT_rd_messages_set == RD_HAND_OVER,
               "kinds");
_Static_assert(ITS_COUNT_rd_acks_no_target - ITS_COUNT_rd_acks_done + 1 == OUTCOMES, "outcomes");
_Static_assert(ITS_COUNT_cycles_writeback - ITS_COUNT_cycles_off == ITS_WRITEBACK, "states");

static void count(its_counters *u, unsigned first, unsigned values, uint64_t value)
{
    u->n[value < values ? first + value : ITS_COUNT_malformed_events]++;
}

static void count_client(its_counters *u, unsigned first, unsigned client)
{
    if (client >= ITS_CLIENT_QUEUE)
        client = client - ITS_CLIENT_QUEUE + ENTRIES;
    else if (client >= ENTRIES)
        client = CLIENTS;
    count(u, first, CLIENTS, client);
}

static void count_opcode(its_counters *u, unsigned opcode)
{
    static const uint8_t counter[16] = {
        [ITS_CMD_MOVI] = ITS_COUNT_commands_movi,
        [ITS_CMD_INT] = ITS_COUNT_commands_int,
        [ITS_CMD_CLEAR] = ITS_COUNT_commands_clear,
        [ITS_CMD_SYNC] = ITS_COUNT_commands_sync,
        [ITS_CMD_MAPD] = ITS_COUNT_commands_mapd,
        [ITS_CMD_MAPC] = ITS_COUNT_commands_mapc,
        [ITS_CMD_MAPTI] = ITS_COUNT_commands_mapti,
        [ITS_CMD_MAPI] = ITS_COUNT_commands_mapi,
        [ITS_CMD_INV] = ITS_COUNT_commands_inv,
        [ITS_CMD_INVALL] = ITS_COUNT_commands_invall,
        [ITS_CMD_MOVALL] = ITS_COUNT_commands_movall,
        [ITS_CMD_DISCARD] = ITS_COUNT_commands_discard,
    };
    unsigned known = opcode < 16 ? counter[opcode] : 0;
    u->n[known ? known : ITS_COUNT_commands_unknown]++;
}

/* --- command errors, by code ----------------------------------------------------------------- */

static void name_error(its_error_count *e)
{
    memcpy(e->name, "errors_", 7);
    for (unsigned i = 0; i < 6; i++)
        e->name[7 + i] = "0123456789abcdef"[(e->code >> (20 - 4 * i)) & 15u];
    e->name[13] = '\0';
}

static unsigned place_of_error(const its_counters *u, uint32_t code)
{
    unsigned i = 0;
    while (i < u->errors && u->error[i].code < code)
        i++;
    return i;
}

static void count_error(its_counters *u, uint32_t code)
{
    u->n[ITS_COUNT_command_errors]++;
    code &= 0xffffffu;
    unsigned i = place_of_error(u, code);
    if (i < u->errors && u->error[i].code == code) {
        u->error[i].count++;
        return;
    }
    if (u->errors == ITS_ERROR_CODES) {
        u->n[ITS_COUNT_errors_other]++;
        return;
    }
    memmove(&u->error[i + 1], &u->error[i], (u->errors - i) * sizeof u->error[0]);
    u->errors++;
    u->error[i] = (its_error_count){.count = 1, .code = code};
    name_error(&u->error[i]);
}

/* --- latencies -------------------------------------------------------------------------------- */

static bool is_msi(uint32_t ref)
{
    return ref != ITS_REF_NONE && !(ref & ITS_REF_CMD);
}

/* Where an MSI is kept while in flight; NULL when it is not followed. */
static its_flight *flight_of(its_counters *u, uint32_t ref)
{
    its_flight *f = &u->flight[ref % ITS_IN_FLIGHT];
    return is_msi(ref) && f->ref == ref ? f : NULL;
}

/* A host that loads an older state turns the clock back. */
static uint64_t since(const its_event *e, uint64_t then)
{
    return e->cycle > then ? e->cycle - then : 0;
}

/* The younger MSI gets the place: one that got lost without an event must not keep it for ever. */
APART void msi_accept(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_msis_accepted]++;
    if (!is_msi(e->ref)) {
        u->n[ITS_COUNT_malformed_events]++;
        return;
    }
    its_flight *f = &u->flight[e->ref % ITS_IN_FLIGHT];
    if (f->ref)
        u->n[ITS_COUNT_latency_untracked]++;
    f->accept = e->cycle;
    f->ref = e->ref;
    f->started = f->sent = false; /* then nobody reads the other cycles */
}

/* A translation killed by a command starts again; its first start is the one that counts. */
APART void msi_start(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_msis_started]++;
    its_flight *f = flight_of(u, e->ref);
    if (!f || f->started)
        return;
    f->started = true;
    f->start = e->cycle;
    its_hist_add(&u->latency[ITS_LATENCY_QUEUE], since(e, f->accept));
}

APART void msi_send(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_msis_sent]++;
    its_flight *f = flight_of(u, e->ref);
    if (!f || !f->started || f->sent)
        return;
    f->sent = true;
    f->send = e->cycle;
    its_hist_add(&u->latency[ITS_LATENCY_TRANSLATE], since(e, f->start));
}

APART void msi_delivered(its_counters *u, const its_event *e, uint64_t send, uint64_t accept)
{
    its_hist_add(&u->latency[ITS_LATENCY_DELIVER], since(e, send));
    its_hist_add(&u->latency[ITS_LATENCY_TOTAL], since(e, accept));
}

/* The calls come last: nothing has to be kept over them. */
static void msi_pending(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_msis_pending]++;
    its_flight *f = flight_of(u, e->ref);
    if (!f)
        return;
    f->ref = ITS_REF_NONE;
    if (f->sent)
        msi_delivered(u, e, f->send, f->accept);
    else
        its_hist_add(&u->latency[ITS_LATENCY_TOTAL], since(e, f->accept));
}

static void msi_gone(its_counters *u, const its_event *e)
{
    its_flight *f = flight_of(u, e->ref);
    if (f)
        f->ref = ITS_REF_NONE;
}

APART void msi_merge(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_msis_merged]++;
    msi_gone(u, e);
}

APART void msi_drop(its_counters *u, const its_event *e, uint64_t reason)
{
    u->n[ITS_COUNT_msis_dropped]++;
    count(u, ITS_COUNT_drops_none, ITS_DROPS, reason);
    msi_gone(u, e);
}

APART void lpi_set(its_counters *u, const its_event *e)
{
    u->n[e->b ? ITS_COUNT_lpis_already_pending : ITS_COUNT_lpis_set]++;
    if (is_msi(e->ref))
        msi_pending(u, e);
}

APART void lpi_drop(its_counters *u, const its_event *e)
{
    static const uint8_t reason[OUTCOMES] = {
        [RD_LPI_OFF] = ITS_DROP_LPI_OFF,
        [RD_INTID_OOR] = ITS_DROP_INTID_OOR,
        [RD_ASLEEP] = ITS_DROP_ASLEEP,
        [RD_NO_TARGET] = ITS_DROP_TARGET_OOR,
    };
    if (is_msi(e->ref))
        msi_drop(u, e, e->b < OUTCOMES ? reason[e->b] : ITS_DROPS);
    else
        u->n[ITS_COUNT_commands_refused]++;
}

APART void rd_ack(its_counters *u, const its_event *e)
{
    if (e->a & ITS_ACK_MORE)
        u->n[ITS_COUNT_lpis_handed_over]++;
    else
        count(u, ITS_COUNT_rd_acks_done, OUTCOMES, e->b);
}

APART void command_start(its_counters *u, const its_event *e)
{
    count_opcode(u, e->c);
    u->commanding = true;
    u->command_since = e->cycle;
}

/* A stall, or passing the command, may follow an error: the first of them ends it. */
APART void command_end(its_counters *u, const its_event *e)
{
    if (!u->commanding)
        return;
    u->commanding = false;
    u->n[ITS_COUNT_command_cycles] += since(e, u->command_since);
    its_hist_add(&u->latency[ITS_LATENCY_COMMAND], since(e, u->command_since));
}

APART void command_error(its_counters *u, const its_event *e)
{
    count_error(u, (uint32_t)e->a);
    command_end(u, e);
}

/* --- drain state ------------------------------------------------------------------------------ */

void its_counters_settle(its_counters *u, uint64_t cycle)
{
    if (cycle > u->state_since)
        u->n[ITS_COUNT_cycles_off + u->state] += cycle - u->state_since;
    u->state_since = cycle;
}

APART void state(its_counters *u, const its_event *e)
{
    if (e->c > ITS_WRITEBACK) {
        u->n[ITS_COUNT_malformed_events]++;
        return;
    }
    its_counters_settle(u, e->cycle);
    if (e->c == ITS_DRAIN) {
        u->disabling = true;
        u->disable_since = e->cycle;
    } else if (e->c == ITS_OFF && u->disabling) {
        uint64_t cycles = since(e, u->disable_since);
        u->disabling = false;
        u->n[ITS_COUNT_disables]++;
        u->n[ITS_COUNT_disable_cycles_last] = cycles;
        if (cycles > u->n[ITS_COUNT_disable_cycles_max])
            u->n[ITS_COUNT_disable_cycles_max] = cycles;
    }
    u->state = (uint8_t)e->c;
}

/* MSI numbers may start again after a reset, so nothing may be left in flight. */
APART void reset(its_counters *u, const its_event *e)
{
    u->n[ITS_COUNT_resets]++;
    its_counters_settle(u, e->cycle);
    u->state = ITS_OFF;
    u->disabling = false;
    u->commanding = false;
    for (unsigned i = 0; i < ITS_IN_FLIGHT; i++) {
        u->n[ITS_COUNT_msis_lost_in_reset] += u->flight[i].ref != ITS_REF_NONE;
        u->flight[i].ref = ITS_REF_NONE;
    }
}

APART void level(its_counters *u, const its_event *e)
{
    if (e->c >= ITS_QUEUES)
        u->n[ITS_COUNT_malformed_events]++;
    else if (e->a > u->n[ITS_COUNT_queue_max_msi + e->c])
        u->n[ITS_COUNT_queue_max_msi + e->c] = e->a;
}

/* --- the sink --------------------------------------------------------------------------------- */

void its_counters_reset(its_counters *u)
{
    memset(u, 0, sizeof *u);
}

void its_counters_sink(void *counters, const its_event *e)
{
    its_counters *u = counters;

    switch ((its_event_kind)e->kind) {
    case ITS_EV_RESET:
        reset(u, e);
        return;
    case ITS_EV_REG_WRITE:
        u->n[ITS_COUNT_register_writes]++;
        return;
    case ITS_EV_REG_READ:
        u->n[ITS_COUNT_register_reads]++;
        return;
    case ITS_EV_REG_IGNORED:
        u->n[ITS_COUNT_register_ignored]++;
        return;
    case ITS_EV_REG_BAD:
        u->n[ITS_COUNT_register_bad]++;
        return;
    case ITS_EV_STATE:
        state(u, e);
        return;
    case ITS_EV_MSI_ACCEPT:
        msi_accept(u, e);
        return;
    case ITS_EV_MSI_START:
        msi_start(u, e);
        return;
    case ITS_EV_MSI_BACK:
        u->n[ITS_COUNT_msis_back]++;
        return;
    case ITS_EV_MSI_SEND:
        msi_send(u, e);
        return;
    case ITS_EV_MSI_MERGE:
        msi_merge(u, e);
        return;
    case ITS_EV_MSI_DROP:
        msi_drop(u, e, e->c);
        return;
    case ITS_EV_CMD_FETCH:
        u->n[ITS_COUNT_commands_fetched]++;
        return;
    case ITS_EV_CMD_START:
        command_start(u, e);
        return;
    case ITS_EV_CMD_DONE:
        u->n[ITS_COUNT_commands_done]++;
        command_end(u, e);
        return;
    case ITS_EV_CMD_ERROR:
        command_error(u, e);
        return;
    case ITS_EV_CMD_REFUSED:
        count_error(u, (uint32_t)e->a);
        return;
    case ITS_EV_CMD_FAULT:
        u->n[ITS_COUNT_command_faults]++;
        command_end(u, e);
        return;
    case ITS_EV_CMD_STALL:
        u->n[ITS_COUNT_command_stalls]++;
        return;
    case ITS_EV_CMD_RETRY:
        u->n[ITS_COUNT_command_retries]++;
        return;
    case ITS_EV_CMD_RANGE:
        u->n[ITS_COUNT_cwriter_out_of_range]++;
        return;
    case ITS_EV_HIT:
        count(u, ITS_COUNT_hits_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_MISS:
        count(u, ITS_COUNT_misses_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_INSTALL:
        count(u, ITS_COUNT_installs_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_EVICT:
        count(u, ITS_COUNT_evictions_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_KILL:
        count(u, ITS_COUNT_kills_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_MEM_READ:
        count_client(u, ITS_COUNT_memory_reads_device_l1, e->c);
        return;
    case ITS_EV_MEM_WRITE:
        count_client(u, ITS_COUNT_memory_writes_device_l1, e->c);
        return;
    case ITS_EV_MEM_FAULT:
        count_client(u, ITS_COUNT_memory_faults_device_l1, e->c);
        return;
    case ITS_EV_MEM_LATE:
        u->n[ITS_COUNT_memory_late]++;
        return;
    case ITS_EV_WRITE_BACK:
        count(u, ITS_COUNT_write_backs_device_l1, ENTRIES, e->c);
        return;
    case ITS_EV_WRITE_LOST:
        u->n[ITS_COUNT_write_backs_lost]++;
        return;
    case ITS_EV_DROP_CLEAN:
        u->n[ITS_COUNT_clean_lines_dropped] += e->a;
        return;
    case ITS_EV_RD_SEND:
        count(u, ITS_COUNT_rd_messages_set, RD_HAND_OVER + 1, e->c);
        return;
    case ITS_EV_RD_ACK:
        rd_ack(u, e);
        return;
    case ITS_EV_LPI_SET:
        lpi_set(u, e);
        return;
    case ITS_EV_LPI_CLEAR:
        u->n[ITS_COUNT_lpis_cleared] += e->b != 0;
        return;
    case ITS_EV_LPI_DROP:
        lpi_drop(u, e);
        return;
    case ITS_EV_LPI_CONFIG:
        u->n[ITS_COUNT_lpi_configs]++;
        return;
    case ITS_EV_LPI_INV:
        u->n[ITS_COUNT_lpi_invalidations]++;
        return;
    case ITS_EV_LPI_SPILL:
        u->n[ITS_COUNT_spills]++;
        return;
    case ITS_EV_LPI_REFILL:
        u->n[ITS_COUNT_refills]++;
        return;
    case ITS_EV_LPI_ACK:
        u->n[ITS_COUNT_lpis_acknowledged]++;
        return;
    case ITS_EV_LPI_ENABLE:
        u->n[e->a ? ITS_COUNT_lpi_enables : ITS_COUNT_lpi_disables]++;
        return;
    case ITS_EV_LPI_FLUSH:
        u->n[ITS_COUNT_lpi_flushes]++;
        return;
    case ITS_EV_SYSERR:
        u->n[ITS_COUNT_system_errors]++;
        return;
    case ITS_EV_INVALIDATE:
        u->n[ITS_COUNT_cache_invalidations]++;
        return;
    case ITS_EV_OPR:
        u->n[ITS_COUNT_opr_operations]++;
        return;
    case ITS_EV_LEVEL:
        level(u, e);
        return;
    case ITS_EVENTS:
        break;
    }
    u->n[ITS_COUNT_malformed_events]++;
}

/* --- reading ---------------------------------------------------------------------------------- */

bool its_counters_at(const its_counters *u, unsigned i, const char **name, uint64_t *value)
{
    if (i < ITS_COUNTERS) {
        *name = list[i].name;
        *value = u->n[i];
        return true;
    }
    i -= ITS_COUNTERS;
    if (i >= u->errors)
        return false;
    *name = u->error[i].name;
    *value = u->error[i].count;
    return true;
}

static bool is_error_name(const char *name)
{
    return strncmp(name, "errors_", 7) == 0 && strspn(name + 7, "0123456789abcdef") == 6 &&
           name[13] == '\0';
}

bool its_counters_named(const its_counters *u, const char *name, uint64_t *value)
{
    const char *found;
    for (unsigned i = 0; its_counters_at(u, i, &found, value); i++)
        if (strcmp(found, name) == 0)
            return true;
    *value = 0;
    return is_error_name(name);
}

const char *its_counters_what(unsigned i)
{
    return i < ITS_COUNTERS ? list[i].what : NULL;
}

const char *its_latency_name(unsigned latency)
{
    static const char *const names[ITS_LATENCIES] = {
        [ITS_LATENCY_QUEUE] = "queue",     [ITS_LATENCY_TRANSLATE] = "translate",
        [ITS_LATENCY_DELIVER] = "deliver", [ITS_LATENCY_TOTAL] = "total",
        [ITS_LATENCY_COMMAND] = "command",
    };
    return latency < ITS_LATENCIES ? names[latency] : NULL;
}
