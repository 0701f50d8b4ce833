/* SPDX-License-Identifier: MIT */
#include "watch/fan.h"

bool its_fan_add(its_fan *u, void (*sink)(void *host, const its_event *event), void *host)
{
    if (!sink || u->count == ITS_FAN_SINKS)
        return false;
    u->out[u->count].sink = sink;
    u->out[u->count].host = host;
    u->count++;
    return true;
}

void its_fan_sink(void *fan, const its_event *event)
{
    const its_fan *u = fan;
    for (unsigned i = 0; i < u->count; i++)
        u->out[i].sink(u->out[i].host, event);
}
