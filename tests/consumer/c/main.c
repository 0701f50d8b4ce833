/* SPDX-License-Identifier: MIT */
/*
 * main.c - the ITS alone, in plain C, between a bus master, a memory and redistributors of our own.
 *
 * Maps event 3 of device 42 to LPI 8199 at CPU 1, sends that MSI, sees the LPI arrive, switches the
 * ITS off. Exit code 0: it arrived, and where it should. CMakeLists.txt builds it, or one line:
 *
 *   cc -std=c11 main.c memory.c $(pkg-config --cflags --libs itsim-core)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/cmd.h"
#include "itsim/its.h"
#include "memory.h"

enum { DEVICE = 42, EVENT = 3, LPI = 8199, COLLECTION = 0, CPU = 1, CPUS = 4 };

/* Where software puts the command queue and the tables. */
#define QUEUE MEMORY_BASE
#define DEVICES (MEMORY_BASE + 0x1000)
#define ITT (MEMORY_BASE + 0x2000)

static its_block *its;
static its_pins pins;
static struct memory memory;

/* ---- redistributors: messages come in order, and each is acknowledged in order ---- */

static uint32_t pending[CPUS]; /* the LPI a CPU has to serve, 0: none */
static its_rd_in ack;
static bool acking;

static void redistributors_drive(void)
{
    pins.rd_message.ready = !acking;
    pins.rd_ack.valid = acking;
    pins.rd_ack.d = ack;
}

static void redistributors_clock(void)
{
    if (its_fire(&pins.rd_ack))
        acking = false;
    if (!its_fire(&pins.rd_message))
        return;
    const its_rdmsg *m = &pins.rd_message.d.msg;
    unsigned rd = pins.rd_message.d.rd;
    bool exists = rd < CPUS;
    if (m->kind == RD_SET && exists) { /* wire/rdmsg.h has the other kinds */
        pending[rd] = m->intid;
        printf("cycle %llu: LPI %u is pending at redistributor %u\n",
               (unsigned long long)its_cycle(its), m->intid, rd);
    }
    acking = true;
    ack.rd = (uint16_t)rd;
    ack.ack = (its_rdack){.intid = m->intid, .ref = m->ref, .kind = m->kind};
    ack.ack.outcome = exists ? RD_DONE : RD_NO_TARGET;
}

/* ---- a clock edge: outputs, then inputs, then the edge ---- */

static void edge(void)
{
    its_drive(its, &pins);
    memory_drive(&memory, &pins.m_axi);
    redistributors_drive();
    its_clock(its, &pins);
    memory_clock(&memory, &pins.m_axi);
    redistributors_clock();
}

/* ---- the bus master, 4 bytes wide: writes a word and waits for the response ---- */

static void write32(uint32_t address, uint32_t value, bool from_device)
{
    its_axi *p = &pins.s_axi;
    p->aw.d = (its_axi_address){.addr = address, .size = 2, .burst = ITS_AXI_INCR};
    p->aw.d.has_device = from_device;
    p->aw.d.device = from_device ? DEVICE : 0;
    p->w.d = (its_axi_w){.data = value, .strb = 0xf, .last = true};
    p->aw.valid = p->w.valid = p->b.ready = true;
    while (p->b.ready) {
        edge();
        p->aw.valid = p->aw.valid && !p->aw.ready;
        p->w.valid = p->w.valid && !p->w.ready;
        p->b.ready = !p->b.valid;
    }
    if (p->b.d.resp != ITS_AXI_OKAY)
        printf("write to %#x: response %u\n", address, p->b.d.resp);
}

static void write64(uint32_t address, uint64_t value)
{
    write32(address, (uint32_t)value, false);
    write32(address + 4, (uint32_t)(value >> 32), false);
}

int main(void)
{
    its_profile profile;
    its_status status;
    its_profile_preset(&profile, "gic500");
    void *storage = malloc(its_size(&profile));
    its = its_create(storage, its_size(&profile), &profile, &status);
    if (!its) {
        printf("its_create: %s\n", its_strerror(status));
        return 1;
    }
    pins.resetn = true;

    const its_cmd commands[] = {
        {.opcode = ITS_CMD_MAPC, .icid = COLLECTION, .rdbase = CPU, .valid = true},
        {.opcode = ITS_CMD_MAPD, .device = DEVICE, .itt = ITT, .size = 4, .valid = true},
        {.opcode = ITS_CMD_MAPTI,
         .device = DEVICE,
         .event = EVENT,
         .intid = LPI,
         .icid = COLLECTION},
        {.opcode = ITS_CMD_SYNC, .rdbase = CPU},
    };
    const uint32_t count = sizeof commands / sizeof commands[0];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t words[ITS_CMD_WORDS];
        its_cmd_pack(&commands[i], words);
        memcpy(memory.bytes + (QUEUE - MEMORY_BASE) + i * sizeof words, words, sizeof words);
    }
    write64(0x100, UINT64_C(1) << 63 | DEVICES);             /* GITS_BASER0: one page of 4 KB */
    write64(0x080, UINT64_C(1) << 63 | QUEUE);               /* GITS_CBASER: the same */
    write32(0x000, 1, false);                                /* GITS_CTLR.Enabled */
    write64(0x088, count * ITS_CMD_BYTES);                   /* GITS_CWRITER */
    while (its_peek(its, 0x090, 4) != count * ITS_CMD_BYTES) /* GITS_CREADR */
        edge();

    write32(0x10040, EVENT, true); /* GITS_TRANSLATER: the MSI */
    for (int i = 0; i < 1000 && !pending[CPU]; i++)
        edge();
    bool good = pending[CPU] == LPI;
    printf("CPU %d acknowledges LPI %u\n", CPU, pending[CPU]);
    pending[CPU] = 0;

    write32(0x000, 0, false);                    /* off: the mapping goes to memory, */
    while ((its_peek(its, 0x000, 4) >> 31) == 0) /* and then GITS_CTLR.Quiescent is 1 */
        edge();
    good = good && memory.bytes[ITT - MEMORY_BASE + 4 * EVENT] != 0; /* entries of 4 bytes */
    free(storage);
    return good ? 0 : 1;
}
