/* The portal's sockets: HTTP on 127.0.0.1, a few connections at once, none for long. */
#ifndef EF_PORTAL_SERVER_H
#define EF_PORTAL_SERVER_H

#include "espforge/ef_portal.h"

#define EF_PORTAL_CONNECTIONS 6u

typedef struct ef_portal_connection {
    int fd; /* -1: free */
    bool has_spoken, is_answering, is_leaving;
    int64_t deadline_ms, opened_ms;
    size_t from, to; /* of what is in `out` */
    uint8_t out[1024];
    ef_portal portal;
} ef_portal_connection;

typedef struct ef_portal_server {
    struct ef_agent *agent;
    int fd; /* -1: closed */
    uint16_t port; /* 0: any; then the one that was given */
    char address[EF_PORTAL_ADDRESS_CHARS + 1];
    ef_portal_connection connections[EF_PORTAL_CONNECTIONS];
} ef_portal_server;

void ef_portal_server_init(ef_portal_server *server, struct ef_agent *agent, uint16_t port);
/* EF_NETWORK with errno when the port cannot be had. */
ef_status ef_portal_server_open(ef_portal_server *server);
/* Nobody new comes in; what is being said is finished. */
void ef_portal_server_close(ef_portal_server *server);
void ef_portal_server_step(ef_portal_server *server, int64_t now_ms);

#endif
