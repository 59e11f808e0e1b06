#include "ef_provision_posix.h"

#include <stdio.h>
#include <string.h>

#include "ef_monotonic.h"
#include "espforge/ef_agent.h"

#define STEP_MS 20u

static ef_status open_ways(void *ctx)
{
    ef_provision_posix *p = ctx;
    const ef_port *port = p->portal.agent->port;
    char line[128];
    if (!p->has_portal)
        return EF_OK;
    ef_status status = ef_portal_server_open(&p->portal);
    if (status != EF_OK) {
        port->log(port->ctx, EF_LOG_ERROR, "agent: the portal's port cannot be had");
        return status;
    }
    (void)snprintf(line, sizeof line, "PORTAL http://%s/", p->portal.address);
    port->log(port->ctx, EF_LOG_EVENT, line);
    return EF_OK;
}

static void close_ways(void *ctx)
{
    ef_portal_server_close(&((ef_provision_posix *)ctx)->portal);
}

static ef_status scan(void *ctx)
{
    ef_radio_scan(&((ef_provision_posix *)ctx)->radio, ef_monotonic_ms());
    return EF_OK;
}

static ef_status heard(void *ctx, size_t index, ef_heard *out)
{
    return ef_radio_heard(&((ef_provision_posix *)ctx)->radio, index, ef_monotonic_ms(), out);
}

static void identify(void *ctx)
{
    const ef_port *port = ((ef_provision_posix *)ctx)->portal.agent->port;
    port->log(port->ctx, EF_LOG_EVENT, "IDENTIFY");
}

ef_status ef_provision_posix_open(ef_provision_posix *p, struct ef_agent *agent, ef_posix *posix, const ef_settings *settings)
{
    memset(p, 0, sizeof *p);
    if (settings->radio_file == NULL)
        return EF_OK;
    ef_status status = ef_radio_open(&p->radio, settings->radio_file);
    if (status != EF_OK)
        return status;
    p->is_there = true;
    p->posix = posix;
    posix->radio = &p->radio;
    p->has_portal = settings->has_portal;
    ef_portal_server_init(&p->portal, agent, (uint16_t)settings->portal_port);
    p->port = (ef_provision_port){.ctx = p, .open = open_ways, .close = close_ways, .scan = scan, .heard = heard, .identify = identify};
    if (settings->provision_socket != NULL) {
        status = ef_improv_socket_open(&p->socket, agent, settings->provision_socket);
        p->has_socket = status == EF_OK;
    }
    return status;
}

const ef_provision_port *ef_provision_posix_port(const ef_provision_posix *p)
{
    return p->has_portal || p->has_socket ? &p->port : NULL;
}

uint32_t ef_provision_posix_step(ef_provision_posix *p, uint32_t wait_ms)
{
    if (!p->is_there)
        return wait_ms;
    ef_portal_server_step(&p->portal, ef_monotonic_ms());
    if (p->has_socket)
        ef_improv_socket_step(&p->socket);
    return wait_ms < STEP_MS ? wait_ms : STEP_MS;
}

void ef_provision_posix_close(ef_provision_posix *p)
{
    if (!p->is_there)
        return;
    ef_portal_server_close(&p->portal);
    if (p->has_socket)
        ef_improv_socket_close(&p->socket);
}
