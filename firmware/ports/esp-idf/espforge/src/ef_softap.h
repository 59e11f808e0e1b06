/* The network a device opens for its provisioning: an access point, a name server that answers everything with the portal, and the portal's sockets.
 * All sockets are non-blocking and are served in the agent's task; the memory is there only while it is open. */
#ifndef EF_SOFTAP_H
#define EF_SOFTAP_H

#include "ef_radio.h"
#include "espforge/ef_portal.h"

#define EF_SOFTAP_CONNECTIONS 4u

typedef struct ef_softap_connection {
    int fd; /* -1: free */
    bool has_spoken, is_answering, is_leaving;
    int64_t deadline_ms, opened_ms;
    size_t from, to; /* of what is in `out` */
    uint8_t out[536];
    ef_portal portal;
} ef_softap_connection;

typedef struct ef_softap {
    struct ef_agent *agent;
    ef_radio *radio;
    bool is_open;
    int http, dns; /* -1: closed */
    ef_softap_connection *connections; /* EF_SOFTAP_CONNECTIONS; NULL: closed and nobody is being answered */
} ef_softap;

void ef_softap_init(ef_softap *ap, struct ef_agent *agent, ef_radio *radio);
ef_status ef_softap_open(ef_softap *ap, const char *ssid);
void ef_softap_close(ef_softap *ap);
void ef_softap_step(ef_softap *ap, int64_t now_ms);

#endif
