/* The ways in of a virtual device: the portal on a loopback port in place of a SoftAP, a Unix socket in place of a serial line. */
#ifndef EF_PROVISION_POSIX_H
#define EF_PROVISION_POSIX_H

#include "ef_improv_socket.h"
#include "ef_portal_server.h"
#include "ef_posix_port.h"
#include "ef_settings.h"

typedef struct ef_provision_posix {
    ef_posix *posix;
    bool is_there, has_portal, has_socket;
    ef_radio radio;
    ef_provision_port port;
    ef_portal_server portal;
    ef_improv_socket socket;
} ef_provision_posix;

/* Gives `posix` its radio and opens what the settings ask for; nothing when they ask for none. Fails with errno set. */
ef_status ef_provision_posix_open(ef_provision_posix *p, struct ef_agent *agent, ef_posix *posix, const ef_settings *settings);
/* For ef_agent_config.provision; NULL when there is no way in. */
const ef_provision_port *ef_provision_posix_port(const ef_provision_posix *p);
/* Moves bytes; returns the time until the next call, at most wait_ms. */
uint32_t ef_provision_posix_step(ef_provision_posix *p, uint32_t wait_ms);
void ef_provision_posix_close(ef_provision_posix *p);

#endif
