/* SPDX-License-Identifier: MIT */
#include "watch/vcd.h"

/* In this order for AW and AR. */
enum { A_VALID, A_READY, A_ADDR, A_ID, A_LEN, A_SIZE, A_BURST, A_PROT, A_USER, A_SIGNALS };
enum { W_VALID, W_READY, W_DATA, W_STRB, W_LAST, W_SIGNALS };
enum { B_VALID, B_READY, B_ID, B_RESP, B_SIGNALS };
enum { R_VALID, R_READY, R_DATA, R_ID, R_RESP, R_LAST, R_SIGNALS };
enum {
    AW = 0,
    W = AW + A_SIGNALS,
    B = W + W_SIGNALS,
    AR = B + B_SIGNALS,
    R = AR + A_SIGNALS,
    PORT_SIGNALS = R + R_SIGNALS
};

/* Widths that follow from the data bits of the port. */
enum { DATA = 0, STRB = 255 };

static const struct {
    const char *name;
    uint8_t width;
} port_signals[PORT_SIGNALS] = {
    {"awvalid", 1},  {"awready", 1}, {"awaddr", 64}, {"awid", 16},  {"awlen", 8},  {"awsize", 3},
    {"awburst", 2},  {"awprot", 3},  {"awuser", 32}, {"wvalid", 1}, {"wready", 1}, {"wdata", DATA},
    {"wstrb", STRB}, {"wlast", 1},   {"bvalid", 1},  {"bready", 1}, {"bid", 16},   {"bresp", 2},
    {"arvalid", 1},  {"arready", 1}, {"araddr", 64}, {"arid", 16},  {"arlen", 8},  {"arsize", 3},
    {"arburst", 2},  {"arprot", 3},  {"aruser", 32}, {"rvalid", 1}, {"rready", 1}, {"rdata", DATA},
    {"rid", 16},     {"rresp", 2},   {"rlast", 1},
};

its_vcd_axi its_vcd_port(its_vcd *u, const char *name, unsigned data_bits)
{
    its_vcd_axi signals = {u->count};
    its_vcd_scope(u, name);
    for (unsigned i = 0; i < PORT_SIGNALS; i++) {
        unsigned width = port_signals[i].width;
        if (width == DATA)
            width = data_bits;
        else if (width == STRB)
            width = data_bits / 8;
        its_vcd_signal(u, port_signals[i].name, width);
    }
    its_vcd_upscope(u);
    return signals;
}

static void set_address(its_vcd *u, unsigned first, const its_axi_address *a)
{
    its_vcd_set(u, first + A_ADDR, a->addr);
    its_vcd_set(u, first + A_ID, a->id);
    its_vcd_set(u, first + A_LEN, a->len);
    its_vcd_set(u, first + A_SIZE, a->size);
    its_vcd_set(u, first + A_BURST, a->burst);
    its_vcd_set(u, first + A_PROT, a->prot);
    if (a->has_device)
        its_vcd_set(u, first + A_USER, a->device);
}

/* VALID and READY are the first two signals of every channel. */
static void set_handshake(its_vcd *u, unsigned first, bool valid, bool ready)
{
    its_vcd_set(u, first, valid);
    its_vcd_set(u, first + 1, ready);
}

static void set_writes(its_vcd *u, unsigned first, const its_axi *p)
{
    set_handshake(u, first + AW, p->aw.valid, p->aw.ready);
    set_handshake(u, first + W, p->w.valid, p->w.ready);
    set_handshake(u, first + B, p->b.valid, p->b.ready);
    if (p->aw.valid)
        set_address(u, first + AW, &p->aw.d);
    if (p->w.valid) {
        its_vcd_set(u, first + W + W_DATA, p->w.d.data);
        its_vcd_set(u, first + W + W_STRB, p->w.d.strb);
        its_vcd_set(u, first + W + W_LAST, p->w.d.last);
    }
    if (p->b.valid) {
        its_vcd_set(u, first + B + B_ID, p->b.d.id);
        its_vcd_set(u, first + B + B_RESP, p->b.d.resp);
    }
}

static void set_reads(its_vcd *u, unsigned first, const its_axi *p)
{
    set_handshake(u, first + AR, p->ar.valid, p->ar.ready);
    set_handshake(u, first + R, p->r.valid, p->r.ready);
    if (p->ar.valid)
        set_address(u, first + AR, &p->ar.d);
    if (p->r.valid) {
        its_vcd_set(u, first + R + R_DATA, p->r.d.data);
        its_vcd_set(u, first + R + R_ID, p->r.d.id);
        its_vcd_set(u, first + R + R_RESP, p->r.d.resp);
        its_vcd_set(u, first + R + R_LAST, p->r.d.last);
    }
}

void its_vcd_port_set(its_vcd *u, its_vcd_axi signals, const its_axi *port)
{
    set_writes(u, signals.first, port);
    set_reads(u, signals.first, port);
}
